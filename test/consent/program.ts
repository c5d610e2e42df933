import { credentials } from '../../sandbox/spotify/world.ts'
import { loadCommands, type Commands } from '../../src/discord/load.ts'
import { readConfig, type Config } from '../../src/config.ts'

/** What stays the same from one life to the next. */
export interface Program {
  readonly commands: Commands
  readonly config: Config
}

const environment = {
  DISCORD_TOKEN: 'a.bot.token',
  DISCORD_CLIENT_ID: '300000000000000001',
  DISCORD_CLIENT_SECRET: 'discord-secret',
  SPOTIFY_CLIENT_ID: credentials.clientId,
  SPOTIFY_CLIENT_SECRET: credentials.clientSecret,
  PUBLIC_URL: 'https://hearsay.test',
  TOKEN_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
}

export async function loadProgram(): Promise<Program> {
  const commands = await loadCommands(new URL('../../commands/', import.meta.url))
  return { commands, config: readConfig(environment) }
}
