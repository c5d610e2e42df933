import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculatePKCECodeChallenge } from 'oauth4webapi'
import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import { makeLibrary } from '../../sandbox/songs/library.ts'
import type { FakeSpotify, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { createLibrary, type Library } from '../../src/library/library.ts'
import type { SpotifyApi } from '../../src/spotify/client.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import { answerConsent, authorizeUrl, redirectUri, verifier } from '../sandbox/oauth-client.ts'
import { memoryLimiterStore } from '../spotify/limiter-store.ts'
import { waitLimit } from '../world/until.ts'

/** The library over the sandbox's Spotify, with everything between them as in the program, and no Discord. */
export interface LibraryFixture {
  readonly spotify: FakeSpotify
  readonly accounts: Accounts
  readonly api: SpotifyApi
  readonly background: SpotifyApi
  readonly library: Library
  /** Links somebody to an account, who has its id as a name from then on. */
  link(account: string): Promise<void>
  unlink(account: string): Promise<void>
  /** Requests for pages so far. */
  requestCount(): number
  /** The library's time, in milliseconds. */
  now(): number
  /** Lets minutes pass for the library. */
  wait(minutes: number): void
  close(): Promise<void>
}

interface FixtureOptions {
  /** What Spotify allows in 30 seconds, and what the operator knows of it. */
  readonly windowLimit?: number
  readonly windowRequests?: number
  /** A search waits for a reading as long as the program does, and not for as long as it takes. */
  readonly hurried?: boolean
  /** Sees every request. */
  readonly watch?: (send: Http) => Http
}

/** @param sizes of the libraries, by the id of their account */
export async function startLibraryFixture(
  sizes: Readonly<Record<string, number>>,
  ways: FixtureOptions = {},
): Promise<LibraryFixture> {
  const { windowLimit = Infinity, windowRequests, hurried = false, watch = (send) => send } = ways
  const accountsThere = Object.entries(sizes).map(([id, size]) => makeAccount(id, size))
  const spotify = await startSpotify({ accounts: accountsThere, windowLimit })
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-fixture-'))
  const store = await openEmbedded(directory)
  const http = createHttp()
  const key = { id: 'k1', key: randomBytes(32) }
  const memory = memoryLimiterStore()
  const settings = { accountsUrl: spotify.accountsUrl, apiUrl: spotify.apiUrl, ...spotify.credentials, windowRequests }
  // How soon the sandbox answers is the machine's matter.
  const send: Http = (url, request) => http.send(url, { ...request, deadline: waitLimit })
  const clients = createSpotifyClients(settings, watch(send), () => memory)
  const { oauth, api, background } = clients.operator
  const accounts = createAccounts(store, createCrypto(key, [key]), clients)
  let passed = 0
  const now = (): number => Date.now() + passed
  const library = createLibrary(accounts, now, hurried ? undefined : waitLimit)

  return {
    spotify,
    accounts,
    api,
    background,
    library,
    async link(account) {
      const challenge = await calculatePKCECodeChallenge(verifier)
      const back = await answerConsent(authorizeUrl(spotify, { code_challenge: challenge }), 'agree', account)
      const parameters = oauth.validate(back.searchParams, 'a-state')
      await accounts.connect(account, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
    },
    async unlink(account) {
      const link = await accounts.unlink(account)
      if (link) library.deleteCached(link)
    },
    requestCount: () => spotify.requests.filter(({ path }) => path === '/v1/me/tracks').length,
    now,
    wait: (minutes) => void (passed += minutes * 60_000),
    async close() {
      await http.close()
      await spotify.close()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}

const tastes = ['indie', 'electronic', 'french', 'japanese', 'greek', 'arabic', 'hindi']

function makeAccount(id: string, size: number): SpotifyAccount {
  const habit = { size, tastes, years: 10, minutesAgo: 5, albums: 0.3, certain: [] }
  return { id, name: id, allowed: true, library: makeLibrary(makeCatalog(), id, habit, Date.now()) }
}
