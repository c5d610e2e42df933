import { Client, GatewayIntentBits } from 'discord.js'
import { input } from './measured.js'

// discord.js as it comes. It answers a press with the finished page that it was given, and a command with a sentence.
const client = new Client({
  intents: input.servers ? [GatewayIntentBits.Guilds] : [],
  rest: { api: input.apiUrl },
})
client.on('interactionCreate', (interaction) => {
  void (interaction.isButton() ? interaction.update(input.page) : interaction.reply('Some songs'))
})
process.on('disconnect', () => process.exit())
await client.login('MTE4MDAwMDAwMDAwMDAwMDAwMQ.abcdef.abcdefghijklmnopqrstuvwxyz0123456789ab')
