import { Events } from 'discord.js'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../src/discord/client.ts'
import { openDiscord } from './sandbox/discord-bot.ts'

test('READY names the servers of the bot, and discord.js makes nothing of them, at the first connection and at the next', async () => {
  const discord = await openDiscord()
  const client = createClient(
    { apiUrl: discord.apiUrl, token: discord.credentials.token, shards: undefined },
    new Map(),
  )
  onTestFinished(() => client.destroy())
  client.on(Events.Error, () => undefined)
  const kept: number[] = []
  client.on(Events.Raw, ({ t }: { t: string | null }) => {
    // Once discord.js has read the packet.
    if (t === 'READY') queueMicrotask(() => kept.push(client.guilds.cache.size))
  })
  const ready = (): Promise<unknown> => new Promise((resolve) => client.once(Events.ShardReady, resolve))
  const first = ready()
  await client.login(discord.credentials.token)
  await first
  const again = ready()
  // 4007: the session cannot be resumed, so a new one begins.
  discord.disconnect(4007)
  await again
  expect(kept).toEqual([0, 0])
})
