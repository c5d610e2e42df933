import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../sandbox/free-port.ts'
import { environment } from '../sandbox/start.ts'
import { runFresh, startOurs, type Running } from './process.ts'
import type { SpotifyAddress } from './spotify.ts'

/** Where the whole program runs: its environment, and its store with people linked. */
export type Home = Awaited<ReturnType<typeof makeHome>>

const token = 'MTE4MDAwMDAwMDAwMDAwMDAwMQ.abcdef.abcdefghijklmnopqrstuvwxyz0123456789ab'
const discordApp = { token, clientId: '1180000000000000001', clientSecret: 'discord-secret' }

export async function makeHome(discordUrl: string, spotify: SpotifyAddress, people = 0) {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
  const discord = { apiUrl: discordUrl, authorizeUrl: `${discordUrl}/authorize`, credentials: discordApp }
  const spotifyApp = { ...spotify, credentials: { clientId: 'app', clientSecret: 'secret' } }
  const env: Record<string, string> = {
    ...environment(discord, spotifyApp, await freePort(), directory),
    ...{ LOG_LEVEL: 'error', NODE_ENV: 'production' },
  }
  if (people > 0) await runFresh('bench/competitors/link.ts', { people, account: 'ana-10000' }, { env })
  return {
    env,
    /** The program as it is started in production, in a process of its own. */
    start: (flags: readonly string[] = [], project?: string): Running =>
      startOurs('src/main.ts', { env, flags, ...(project !== undefined && { project }) }),
    remove: () => rm(directory, { recursive: true, force: true }),
  }
}
