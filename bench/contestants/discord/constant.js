import { setTimeout as sleep } from 'node:timers/promises'
import { Client, GatewayIntentBits } from 'discord.js'
import { input } from '../measured.js'

// discord.js as it comes. With `work`, the way that its guide shows for what takes long: defer, do it, edit.
const client = new Client({
  intents: input.servers ? [GatewayIntentBits.Guilds] : [],
  rest: { api: input.apiUrl },
})
client.on('interactionCreate', (interaction) => void answer(interaction))
client.once('clientReady', () => process.send({ ready: true }))
process.on('message', () => {
  globalThis.gc?.()
  process.send(process.memoryUsage())
})
process.on('disconnect', () => process.exit())
await client.login('MTE4MDAwMDAwMDAwMDAwMDAwMQ.abcdef.abcdefghijklmnopqrstuvwxyz0123456789ab')

async function answer(interaction) {
  if (interaction.commandName === 'liked' && input.work !== undefined) {
    await interaction.deferReply()
    await sleep(input.work)
    await interaction.editReply('Some songs')
  } else if (interaction.isButton()) await interaction.update({ content: 'Some songs' })
  else await interaction.reply('Some songs')
}
