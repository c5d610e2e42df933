import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError, type Http, type HttpAnswer } from '../http.ts'
import { failure, read } from './answer.ts'
import { RateLimitedError, SpotifyDownError } from './errors.ts'
import type { Gate } from './gate.ts'
import { parsePage, parseProfile, type Profile, type SavedPage } from './parse.ts'

/** The Web API, for whoever's access token it is given. Rejects with the classes of `errors.ts`. */
export interface SpotifyApi {
  me(accessToken: string, signal?: AbortSignal): Promise<Profile>
  /** Up to 50 saved songs from `offset` on, newest first as far as Spotify keeps that promise. */
  savedTracks(accessToken: string, where: { offset: number; market?: string | undefined }): Promise<SavedPage>
  /** Whether the track, by its id, is among the liked songs. */
  contains(accessToken: string, trackId: string): Promise<boolean>
  /** Puts the track, by its id, among the liked songs; one that is there already stays where it is. */
  save(accessToken: string, trackId: string): Promise<void>
}

/** The most that Spotify gives at once. */
export const blockSize = 50

const longestNap = 2000

/** @param base such as `https://api.spotify.com/v1` */
export function createSpotifyApi(base: string, http: Http, gate: Gate): SpotifyApi {
  return {
    async me(accessToken, signal) {
      return parseProfile(await ask('/me', accessToken, signal))
    },
    async savedTracks(accessToken, { offset, market }) {
      const query = new URLSearchParams({ limit: String(blockSize), offset: String(offset) })
      if (market) query.set('market', market)
      return parsePage(await ask(`/me/tracks?${query}`, accessToken), offset)
    },
    async contains(accessToken, trackId) {
      const path = `/me/library/contains?${uris(trackId)}`
      const answer = read(await withSecondTry(() => once('GET', path, accessToken)))
      if (Array.isArray(answer) && typeof answer[0] === 'boolean') return answer[0]
      throw new SpotifyDownError('GET /me/library/contains answered 200 without a yes or no')
    },
    async save(accessToken, trackId) {
      await withSecondTry(() => once('PUT', `/me/library?${uris(trackId)}`, accessToken))
    },
  }

  async function ask(path: string, accessToken: string, signal?: AbortSignal): Promise<unknown> {
    const answer = await withSecondTry(() => once('GET', path, accessToken, signal))
    const body = read(answer)
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body
    throw new SpotifyDownError(`GET ${path} answered ${answer.status} without a JSON object`)
  }

  async function once(method: Method, path: string, accessToken: string, signal?: AbortSignal): Promise<HttpAnswer> {
    await gate.pass()
    const answer = await send(http, method, `${base}${path}`, accessToken, signal)
    const done = method === 'GET' ? answer.status === 200 : answer.status >= 200 && answer.status < 300
    if (done) return answer
    const error = failure(answer, `${method} ${path}`, Date.now())
    if (error instanceof RateLimitedError) await gate.block(error)
    throw error
  }
}

type Method = 'GET' | 'PUT'

async function send(
  http: Http,
  method: Method,
  url: string,
  accessToken: string,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
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

/** Large libraries answer 500 now and then, and short waits are cheaper than a failed page. */
async function withSecondTry<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt()
  } catch (error) {
    const pause = napFor(error)
    if (pause === undefined) throw error
    await sleep(pause)
    return attempt()
  }
}

function napFor(error: unknown): number | undefined {
  if (error instanceof RateLimitedError) {
    const wait = error.until - Date.now()
    return wait <= longestNap ? Math.max(wait, 0) + 50 : undefined
  }
  if (!(error instanceof SpotifyDownError)) return undefined
  // Whoever waited for a time-out has waited long enough.
  return error.cause instanceof HttpError && error.cause.timedOut ? undefined : 250
}
