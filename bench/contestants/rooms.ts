import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import { createCrypto } from '../../src/crypto.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import { createHttp } from '../../src/http.ts'
import { createLibrary, type Library } from '../../src/library/library.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import type { SpotifyAddress } from '../measure/spotify.ts'

/** The library and all that is between it and Spotify, as in the program. */
export interface Rooms {
  readonly accounts: Accounts
  readonly library: Library
  /** Links somebody to the account of that name, who is called the same. */
  link(account: string): Promise<void>
  /** Lets minutes pass for the library. */
  wait(minutes: number): void
  close(): Promise<void>
}

export async function openRooms(spotify: SpotifyAddress): Promise<Rooms> {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bench-'))
  const store = await openEmbedded(directory)
  const http = createHttp()
  const key = { id: 'k1', key: randomBytes(32) }
  const clients = createSpotifyClients({ ...spotify, clientId: 'app', clientSecret: 'secret' }, http.send, store)
  const accounts = createAccounts(store, createCrypto(key, [key]), clients)
  let passed = 0
  return {
    accounts,
    library: createLibrary(accounts, () => Date.now() + passed),
    link: (account) => linkTo(accounts, clients, account),
    wait: (minutes) => void (passed += minutes * 60_000),
    async close() {
      await http.close()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}

/** What comes back from the consent page of somebody whose account is called that. */
export async function linkTo(
  accounts: Accounts,
  clients: ReturnType<typeof createSpotifyClients>,
  account: string,
  person = account,
): Promise<void> {
  const parameters = clients.operator.oauth.validate(new URLSearchParams({ code: account, state: 'state' }), 'state')
  const redirectUri = 'http://127.0.0.1:8888/callback/spotify'
  await accounts.connect(person, { parameters, redirectUri, codeVerifier: 'v'.repeat(50), startedAt: Date.now() })
}
