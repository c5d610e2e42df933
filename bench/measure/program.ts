import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runFresh, startOurs, type Running } from './process.ts'
import type { SpotifyAddress } from './spotify.ts'

/** A place for the whole program to run in: its store, with people linked, and its environment. */
export interface Home {
  readonly env: Readonly<Record<string, string>>
  /** The program as it is started in production, in a process of its own. */
  start(flags?: readonly string[]): Running
  remove(): Promise<void>
}

const token = 'MTE4MDAwMDAwMDAwMDAwMDAwMQ.abcdef.abcdefghijklmnopqrstuvwxyz0123456789ab'

export async function makeHome(
  discordUrl: string,
  spotify: SpotifyAddress,
  {
    people = 0,
    account = 'ana-10000',
    env: more = {},
  }: { people?: number; account?: string; env?: Record<string, string> } = {},
): Promise<Home> {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
  const port = await freePort()
  const env = {
    ...{ DISCORD_TOKEN: token, DISCORD_CLIENT_ID: '1180000000000000001', DISCORD_CLIENT_SECRET: 'discord-secret' },
    ...{ SPOTIFY_CLIENT_ID: 'app', SPOTIFY_CLIENT_SECRET: 'secret', PUBLIC_URL: `http://127.0.0.1:${port}` },
    ...{ PORT: String(port), DATA_DIR: directory, TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}` },
    ...{ DISCORD_API_URL: discordUrl, SPOTIFY_API_URL: spotify.apiUrl, SPOTIFY_ACCOUNTS_URL: spotify.accountsUrl },
    ...{ LOG_LEVEL: 'error', NODE_ENV: 'production', ...more },
  }
  if (people > 0) await runFresh('bench/contestants/discord/link.ts', { people, account }, { env })
  return {
    env,
    start: (flags = []) => startOurs('src/main.ts', { env, flags }),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
