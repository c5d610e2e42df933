import { redirectUri, verifier } from '../test/sandbox/oauth-client.ts'
import { codeOf } from '../test/spotify/access-token.ts'
import { createListeners, type Listener } from './quota-day/people.ts'
import { startProgram } from './quota-day/program.ts'
import type { Row } from './report.ts'

type Program = Awaited<ReturnType<typeof startProgram>>

interface ListenerOptions {
  readonly person: string
  readonly songs: number
  readonly scope: string
  /** For how long an index is kept, in hours. */
  readonly hours: number
  /** Of somebody else. */
  readonly others?: number
}

/** The program, with somebody linked who likes so many songs. */
export async function openListener({ person, songs, scope, hours, others = 0 }: ListenerOptions) {
  const listeners = createListeners()
  const listener: Listener = listeners(person, songs)
  const other = listeners('somebody else', others)
  const settings = { LIBRARY_CACHE_HOURS: String(hours), SPOTIFY_DAILY_REQUESTS: '10000' }
  const program = await startProgram([listener.account, other.account], settings)
  const { app, spotify } = program
  const code = await codeOf(spotify, spotify.http, person, { scope })
  const parameters = app.spotify.operator.oauth.validate(new URLSearchParams({ code, state: 'a-state' }), 'a-state')
  await app.accounts.connect(person, { parameters, redirectUri, codeVerifier: verifier, startedAt: Date.now() })
  return { ...program, listener, other, [Symbol.asyncDispose]: () => program.close() }
}

/** How many requests to the Web API the work takes, until nothing of it is under way. */
export async function requestsOf({ spotify, settles }: Program, work: () => Promise<unknown>): Promise<number> {
  const before = spotify.requests.length
  await work()
  await settles()
  return spotify.requests.slice(before).filter(({ path }) => path.startsWith('/v1/')).length
}

/** A figure beside the least that the API allows; `further`: how many more there may be. */
export function besideLeast(name: string, requests: number, least: number, further: number): Row {
  return { name, measured: String(requests), spread: '', bound: `least ${least}`, met: requests <= least + further }
}
