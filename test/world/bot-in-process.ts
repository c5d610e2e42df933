import type { Client } from 'discord.js'
import type { DiscordInProcess } from '../../sandbox/discord/in-process.ts'
import { createClient } from '../../src/discord/client.ts'
import { onInteraction, type KnownInteraction } from '../../src/discord/known-interactions.ts'
import type { Log } from '../../src/log.ts'

/** The program's client on a Discord within the process; each interaction goes to `take`. */
export function botOn(discord: DiscordInProcess, log: Log, take: (interaction: KnownInteraction) => void): Client {
  const { apiUrl, credentials, makeRequest } = discord
  const client = createClient({ apiUrl, token: credentials.token, shards: undefined }, new Map())
  client.rest.options.makeRequest = makeRequest
  discord.connect(
    onInteraction(client, log, (interaction) => {
      take(interaction)
      return true
    }),
  )
  return client
}
