import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { environment } from '../../sandbox/start.ts'
import { createSpotify, type SpotifyInProcess } from '../../sandbox/spotify/in-process.ts'
import type { SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import type { Http } from '../../src/http.ts'
import { redirectUri, verifier } from '../../test/sandbox/oauth-client.ts'
import { codeOf } from '../../test/spotify/access-token.ts'
import { openApp } from '../app.ts'

const nobody = 'http://127.0.0.1:9'
const discordApp = { token: 'a.bot.token', clientId: '1180000000000000001', clientSecret: 'discord-secret' }
/** How often everybody gets a turn who waits for nothing but work in this process. */
const quietTurns = 50

/**
 * The program in this process, over a Spotify and a data directory that outlive it.
 * @param settings beside those of the providers and the data directory
 */
export async function startProgram(
  accounts: readonly SpotifyAccount[],
  settings: Readonly<Record<string, string>>,
  dailyLimit = Infinity,
) {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
  const spotify: SpotifyInProcess = createSpotify({ accounts, dailyLimit })
  const discord = { apiUrl: nobody, authorizeUrl: nobody, credentials: discordApp }
  const env = {
    ...environment(discord, spotify, 8888, directory),
    TOKEN_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...settings,
  }
  let underWay = 0
  const http: Http = async (url, options) => {
    underWay += 1
    return spotify.http(url, options).finally(() => (underWay -= 1))
  }
  let opened = await openApp(env, undefined, http)

  return {
    spotify,
    directory,
    get app() {
      return opened.app
    },
    get store() {
      return opened.store
    },
    link,
    settles,
    /** Everything that it has in memory is gone. */
    async restart(): Promise<void> {
      await close()
      opened = await openApp(env, undefined, http)
    },
    async close(): Promise<void> {
      await close()
      await rm(directory, { recursive: true })
    },
  }

  async function link(account: string, person = account): Promise<void> {
    const { app } = opened
    const code = await codeOf(spotify, http, account, {})
    const parameters = app.spotify.operator.oauth.validate(new URLSearchParams({ code, state: 'a-state' }), 'a-state')
    await app.accounts.connect(person, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
  }

  /** Lets what nobody waits for come to its end: what is read ahead, and what is kept of a library. */
  async function settles(): Promise<void> {
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await turn()
      if (underWay > 0) quiet = 0
    }
    await opened.app.library.settled()
  }

  async function close(): Promise<void> {
    await settles()
    await opened.close()
  }
}
