import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccounts, type Accounts } from '../src/accounts/accounts.ts'
import { createCrypto } from '../src/crypto.ts'
import { createHttp } from '../src/http.ts'
import { createLibrary, type FoundPage, type Library } from '../src/library/library.ts'
import { createSpotifyClients, type SpotifyClients } from '../src/spotify/clients.ts'
import type { Limits } from '../src/spotify/rate-limit/limiter.ts'
import { openEmbedded } from '../src/store/sqlite.ts'
import type { SpotifyAddress } from './spotify.ts'
import { wordsFilter } from '../src/library/search.ts'

/** The library and all that is between it and Spotify, as in the program. */
export async function openLibrary(spotify: SpotifyAddress, limits: Limits = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
  const store = await openEmbedded(directory)
  const http = createHttp()
  const key = { id: 'k1', key: randomBytes(32) }
  const app = { ...spotify, ...limits, clientId: 'app', clientSecret: 'secret' }
  const clients = createSpotifyClients(app, http.send, store)
  const accounts = createAccounts(store, createCrypto(key, [key]), clients)
  let passed = 0
  const library = createLibrary(accounts, () => Date.now() + passed)
  return {
    ...{ accounts, library, close },
    /** Links somebody to the account of that name, who is called the same. */
    link: (account: string) => linkTo(accounts, clients, account, account),
    /** Lets minutes pass for the library. */
    wait: (minutes: number) => void (passed += minutes * 60_000),
  }

  async function close(): Promise<void> {
    await http.close()
    await store.close()
    await rm(directory, { recursive: true })
  }
}

/** Links a person as if they had agreed on the consent page of the account of that name. */
export async function linkTo(
  accounts: Accounts,
  clients: SpotifyClients,
  person: string,
  account: string,
): Promise<void> {
  const parameters = clients.operator.oauth.validate(new URLSearchParams({ code: account, state: 'state' }), 'state')
  const redirectUri = 'http://127.0.0.1:8888/callback/spotify'
  await accounts.connect(person, { parameters, redirectUri, codeVerifier: 'v'.repeat(50), startedAt: Date.now() })
}

/** Reads all that is not in hand yet, as a search does. */
export async function searchWhole(library: Library, person: string, query = 'love'): Promise<FoundPage> {
  for (;;) {
    const answer = await library.find(person, wordsFilter(query), { offset: 0 })
    if (!('done' in answer)) return answer
    await answer.done
  }
}
