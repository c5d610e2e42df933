import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError, type Http, type HttpResponse } from '../http.ts'
import { errorFor, parseBody } from './response.ts'
import { RateLimitedError, SpotifyDownError, TurnedAwayError } from './errors.ts'
import type { RateLimiter } from './rate-limit/limiter.ts'
import { patience } from './rate-limit/queue.ts'
import { parsePage, parseProfile, readRaw, type Profile, type Raw, type SavedPage } from './parse.ts'

/** The Web API, for whoever's access token it is given. Rejects with the classes of `errors.ts`. */
export interface SpotifyApi {
  me(accessToken: string): Promise<Profile>
  /** Up to 50 saved songs from `offset` on, newest first as far as Spotify keeps that promise. */
  savedTracks(accessToken: string, where: Where): Promise<SavedPage>
  /** Whether the track, by its id, is among the liked songs. */
  contains(accessToken: string, trackId: string): Promise<boolean>
  /** Puts the track, by its id, among the liked songs; one that is there already stays where it is. */
  save(accessToken: string, trackId: string): Promise<void>
}

interface Where {
  readonly offset: number
  readonly market?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called when the request has to wait for its turn, with the time until when, in milliseconds. */
  readonly waits?: (until: number) => void
}

/** The most that Spotify gives at once. */
export const blockSize = 50

/**
 * @param base such as `https://api.spotify.com/v1`
 * @param background whether nobody waits for the answers; then people go first
 */
export function createSpotifyApi(base: string, http: Http, gate: RateLimiter, background: boolean): SpotifyApi {
  const longestWait = background ? patience.background : patience.people

  return {
    async me(accessToken) {
      return parseProfile(await ask('/me', accessToken))
    },
    async savedTracks(accessToken, { offset, market, ...how }) {
      const query = new URLSearchParams({ limit: String(blockSize), offset: String(offset) })
      if (market) query.set('market', market)
      return send('GET', `/me/tracks?${query}`, accessToken, (answer) => parsePage(page(answer), offset), how)
    },
    async contains(accessToken, trackId) {
      const path = `/me/library/contains?${uris(trackId)}`
      const answer = await send('GET', path, accessToken, parseBody)
      if (Array.isArray(answer) && typeof answer[0] === 'boolean') return answer[0]
      throw new SpotifyDownError('GET /me/library/contains answered 200 without a yes or no')
    },
    async save(accessToken, trackId) {
      await send('PUT', `/me/library?${uris(trackId)}`, accessToken, () => undefined)
    },
  }

  async function ask(path: string, accessToken: string): Promise<unknown> {
    const body = await send('GET', path, accessToken, parseBody)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
    throw new SpotifyDownError(`GET ${path} answered 200 without a JSON object`)
  }

  function page(answer: HttpResponse): Raw {
    try {
      return readRaw(answer)
    } catch (cause) {
      throw new SpotifyDownError(`GET /me/tracks answered ${answer.status} without JSON`, { cause })
    }
  }

  /** `take` reads the answer, once for all who share it. */
  async function send<Taken>(
    method: Method,
    path: string,
    accessToken: string,
    take: (answer: HttpResponse) => Taken,
    how: How = {},
  ): Promise<Taken> {
    const key = method === 'GET' ? `${accessToken} ${path}` : undefined
    const work = async (signal: AbortSignal): Promise<Taken> => take(await once(method, path, accessToken, signal))
    return withSecondTry(() => gate.run({ ...how, work, background, key }), longestWait)
  }

  async function once(method: Method, path: string, accessToken: string, signal: AbortSignal): Promise<HttpResponse> {
    const answer = await exchange(http, method, `${base}${path}`, accessToken, signal)
    const done = method === 'GET' ? answer.status === 200 : answer.status >= 200 && answer.status < 300
    if (done) return answer
    throw errorFor(answer, `${method} ${path}`, Date.now())
  }
}

type How = Pick<Where, 'signal' | 'waits'>
type Method = 'GET' | 'PUT'

async function exchange(
  http: Http,
  method: Method,
  url: string,
  accessToken: string,
  signal: AbortSignal,
): Promise<HttpResponse> {
  try {
    return await http(url, { method, headers: { authorization: `Bearer ${accessToken}` }, deadline: 6000, signal })
  } catch (error) {
    if (error instanceof HttpError) throw new SpotifyDownError(error.message, { cause: error })
    throw error
  }
}

function uris(trackId: string): URLSearchParams {
  return new URLSearchParams({ uris: `spotify:track:${trackId}` })
}

/** Large libraries answer 500 now and then, or what is no page, and short waits are cheaper than a failed one. */
async function withSecondTry<T>(attempt: () => Promise<T>, longestWait: number): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const pause = pauseFor(error, longestWait)
    if (pause === undefined) throw error
    await sleep(pause)
    return attempt()
  }
}

function pauseFor(error: unknown, longestWait: number): number | undefined {
  // The gate keeps the wait that Spotify has asked for.
  if (error instanceof RateLimitedError) {
    return error instanceof TurnedAwayError || error.until - Date.now() > longestWait ? undefined : 0
  }
  if (!(error instanceof SpotifyDownError)) return undefined
  // Whoever waited for a time-out has waited long enough.
  return error.cause instanceof HttpError && error.cause.timedOut ? undefined : 250
}
