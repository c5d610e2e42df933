import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { calculatePKCECodeChallenge } from 'oauth4webapi'
import { makeAccounts } from '../../sandbox/people.ts'
import type { FakeSpotify, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { startSpotify } from '../../sandbox/spotify/start.ts'
import { createAccounts, type Accounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createCrypto, type Crypto } from '../../src/crypto.ts'
import { sentenceOf } from '../world/english.ts'
import { createHttp, type Http } from '../../src/http.ts'
import { createSpotifyClients, type SpotifyClient } from '../../src/spotify/clients.ts'
import type { SavedPage } from '../../src/spotify/parse.ts'
import { openEmbedded } from '../../src/store/sqlite.ts'
import type { Store } from '../../src/store/store.ts'
import { answerConsent, authorizeUrl, redirectUri, verifier } from '../sandbox/oauth-client.ts'
import { waitLimit } from '../world/until.ts'
import { memoryOfOne, storeOf } from './memory.ts'

/** Spotify and what keeps links to it, without Discord and browsers, so that any number of people can be linked. */
export interface LinkFixture {
  readonly spotify: FakeSpotify
  readonly store: Store
  /** Somebody new, by a made-up Discord id. */
  stranger(): string
  /** Somebody new who is linked to Ben's account. */
  member(): Promise<string>
  /** Agrees on the person's consent page, and makes the link. */
  connects(person: string, program?: Program, account?: string): Promise<Link>
  startProgram(accountsUrl?: string): Program
  /** The refresh token as it is stored. */
  keptToken(person: string): Promise<string>
  close(): Promise<void>
}

/** A process of the program as it is after a start: nothing in memory, so the first request needs a refresh. */
export interface Program extends SpotifyClient {
  readonly accounts: Accounts
  /** Shows somebody their newest songs. */
  shows(person: string): Promise<SavedPage>
}

interface LinkFixtureOptions {
  /** Those of the sandbox's people without it. */
  readonly accounts?: readonly SpotifyAccount[]
  /** What Spotify allows in 30 seconds, and what the operator knows of it. */
  readonly windowLimit?: number
  readonly windowRequests?: number
  /** Whether requests end at the program's deadlines, and not only where the tests give up. */
  readonly hurried?: boolean
  /** Sees every request. */
  readonly watch?: (send: Http) => Http
}

export const asked = /^POST \/api\/token$/

export async function startLinkFixture(options: LinkFixtureOptions = {}): Promise<LinkFixture> {
  const { accounts = makeAccounts(Date.now()), windowLimit = Infinity, windowRequests, hurried, watch } = options
  const spotify = await startSpotify({ accounts, windowLimit })
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-fixture-'))
  const store = await openEmbedded(directory)
  const http = createHttp()
  // How soon the sandbox answers is the machine's matter.
  const patient: Http = (url, request) => http.send(url, { ...request, deadline: waitLimit })
  const send = hurried ? http.send : patient
  const key = { id: 'k1', key: randomBytes(32) }
  const crypto: Crypto = createCrypto(key, [key])
  const limiterStore = storeOf(memoryOfOne())
  let people = 0

  return { spotify, store, stranger, member, connects, startProgram, keptToken, close }

  function stranger(): string {
    return `9${String((people += 1)).padStart(17, '0')}`
  }

  async function member(): Promise<string> {
    const person = stranger()
    await connects(person)
    return person
  }

  async function connects(person: string, program = startProgram(), account = 'ben-spotify'): Promise<Link> {
    const challenge = await calculatePKCECodeChallenge(verifier)
    const back = await answerConsent(authorizeUrl(spotify, { code_challenge: challenge }), 'agree', account)
    const parameters = program.oauth.validate(back.searchParams, 'a-state')
    return program.accounts.connect(person, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
  }

  function startProgram(accountsUrl = spotify.accountsUrl): Program {
    const settings = { accountsUrl, apiUrl: spotify.apiUrl, ...spotify.credentials, windowRequests }
    const clients = createSpotifyClients(settings, watch ? watch(send) : send, limiterStore)
    const accounts = createAccounts(store, crypto, clients)
    const shows = async (person: string): Promise<SavedPage> =>
      accounts.withToken(person, await accounts.get(person), (token, api) =>
        api.savedTracks(token, { offset: 0, purpose: 'page' }),
      )
    return { ...clients.operator, accounts, shows }
  }

  async function keptToken(person: string): Promise<string> {
    const { refreshToken } = (await store.get('links', person)) as { refreshToken: string }
    return crypto.decrypt(refreshToken, person, 'refresh-token')
  }

  async function close(): Promise<void> {
    await http.close()
    await spotify.close()
    await store.close()
    await rm(directory, { recursive: true })
  }
}

/** What a person is told when it fails. Fails the test when it works, or when the failure is unexpected. */
export async function told(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => new Error('It worked'),
    (reason: unknown) => reason,
  )
  const sentence = sentenceOf(error)
  if (sentence === undefined) throw error
  return sentence
}
