import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculatePKCECodeChallenge } from 'oauth4webapi'
import { makeAccounts } from '../../sandbox/people.ts'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto, type Crypto } from '../../src/crypto.ts'
import { errorMessage } from '../../src/error-messages.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { createSpotifyClients } from '../../src/spotify/clients.ts'
import type { SavedPage } from '../../src/spotify/parse.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { answerConsent, authorizeUrl, redirectUri, verifier } from '../sandbox/oauth-client.ts'
import { waitLimit } from '../world/until.ts'
import { memoryLimiterStore } from './limiter-store.ts'

/** Spotify and what keeps links to it, without Discord and browsers, so that any number of people can be linked. */
export interface SpotifyFixture {
  readonly spotify: FakeSpotify
  readonly store: Store
  /** Somebody new, by a made-up Discord id. */
  stranger(): string
  /** Somebody new who is linked to Ben's account. */
  member(): Promise<string>
  /** Ends the person's consent page with yes, and makes the link. */
  connects(person: string, program?: Program): Promise<Link>
  program(accountsUrl?: string): Program
  /** The refresh token as it is stored. */
  keptToken(person: string): Promise<string>
  close(): Promise<void>
}

/** A process of the program as it is after a start: nothing in memory, so whoever comes first has a refresh. */
export interface Program {
  readonly accounts: Accounts
  /** Shows somebody their newest songs. */
  shows(person: string): Promise<SavedPage>
}

export const asked = /^POST \/api\/token$/

/** @param hurried whether requests end at the program's deadlines, and not only where the tests give up */
export async function startSpotifyFixture(hurried = false): Promise<SpotifyFixture> {
  const spotify = await startSpotify({ accounts: makeAccounts(Date.now()) })
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-fixture-'))
  const store = await openEmbedded(directory)
  const http = createHttp()
  const patient: Http = (url, request) => http.send(url, { ...request, deadline: waitLimit })
  const send = hurried ? http.send : patient
  const key = { id: 'k1', key: randomBytes(32) }
  const seal: Crypto = createCrypto(key, [key])
  const memory = memoryLimiterStore()
  let people = 0

  const fixture: SpotifyFixture = {
    spotify,
    store,
    stranger: () => `9${String((people += 1)).padStart(17, '0')}`,
    async member() {
      const person = fixture.stranger()
      await fixture.connects(person)
      return person
    },
    async connects(person, program = fixture.program()) {
      const challenge = await calculatePKCECodeChallenge(verifier)
      const back = await answerConsent(authorizeUrl(spotify, { code_challenge: challenge }), 'agree', 'ben-spotify')
      const parameters = clients().operator.oauth.validate(back.searchParams, 'a-state')
      return program.accounts.connect(person, {
        parameters,
        redirectUri,
        codeVerifier: verifier,
        startedAt: Date.now(),
      })
    },
    async keptToken(person) {
      const { refreshToken } = (await store.get('links', person)) as { refreshToken: string }
      return seal.decrypt(refreshToken, person, 'refresh-token')
    },
    program(accountsUrl = spotify.accountsUrl) {
      const accounts = createAccounts(store, seal, clients(accountsUrl))
      const shows = async (person: string) =>
        accounts.withToken(person, await accounts.get(person), (token, api) => api.savedTracks(token, { offset: 0 }))
      return { accounts, shows }
    },
    async close() {
      await http.close()
      await spotify.close()
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
  return fixture

  function clients(accountsUrl = spotify.accountsUrl) {
    return createSpotifyClients({ accountsUrl, apiUrl: spotify.apiUrl, ...spotify.credentials }, send, () => memory)
  }
}

/** What a person is told when it fails. Fails the test when it works, or when nobody foresaw the failure. */
export async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('It worked'),
    (reason: unknown) => reason,
  )
  const explanation = errorMessage(error)
  if (!explanation) throw error
  return explanation.sentence
}
