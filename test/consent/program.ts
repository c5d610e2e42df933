import { REST } from 'discord.js'
import type { HeldDiscord } from '../../sandbox/discord/discord.ts'
import { credentials } from '../../sandbox/spotify/world.ts'
import { loadCommands, type Commands } from '../../src/discord/load.ts'
import { registerCommands } from '../../src/discord/register.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { modelStore } from '../store/model.ts'
import { createChat } from './chat.ts'

/** What stays the same from one life to the next. */
export interface Program {
  readonly commands: Commands
  readonly config: Config
  /** The commands, as Discord has been told about them. */
  readonly registered: HeldDiscord
}

const environment = {
  DISCORD_TOKEN: 'a.bot.token',
  DISCORD_CLIENT_ID: '1180000000000000001',
  DISCORD_CLIENT_SECRET: 'discord-secret',
  SPOTIFY_CLIENT_ID: credentials.clientId,
  SPOTIFY_CLIENT_SECRET: credentials.clientSecret,
  PUBLIC_URL: 'https://hearsay.test',
  TOKEN_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
}

export async function loadProgram(): Promise<Program> {
  const commands = await loadCommands(new URL('../../commands/', import.meta.url))
  const config = readConfig(environment)
  const { apiUrl: api, makeRequest, credentials, held } = createChat()
  const rest = new REST({ api, makeRequest, hashSweepInterval: 0, handlerSweepInterval: 0 }).setToken(credentials.token)
  await registerCommands(commands, rest, modelStore(), config.discord.clientId, undefined)
  return { commands, config, registered: held([]) }
}
