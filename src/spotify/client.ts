import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError, type HttpResponse } from '../http.ts'
import type { SpotifyEndpoint } from '../metrics.ts'
import { errorFor, parseBody, type SpotifySend } from './response.ts'
import { RateLimitedError, SpotifyDownError, TurnedAwayError } from './errors.ts'
import type { RateLimiter } from './rate-limit/limiter.ts'
import { patience, type LimitedRequest } from './rate-limit/queue.ts'
import { createPlaylistRequests, type Method } from './playlists.ts'
import { parsePage, parseProfile, type SavedPage } from './parse.ts'

type Waiting = Pick<LimitedRequest<unknown>, 'signal' | 'waits' | 'purpose' | 'admit'> & { readonly body?: object }
type Where = Waiting & { readonly offset: number; readonly market?: string | undefined }

/** The most that Spotify gives at once. */
export const blockSize = 50

/** Within a minute Spotify does not list liked songs by their seconds; in milliseconds. */
export const disorder = 60_000

/** How many songs a page should have beside those that it has. */
export function unsent({ songs, total, offset }: SavedPage): number {
  return Math.max(Math.min(total - offset, blockSize) - songs.length, 0)
}

/**
 * The fuller of a page and another try, which is made where more songs are unsent than are known to be. A total may be
 * too large for good, so what is missing in both is not worth a third request.
 */
export async function insist(page: SavedPage, ask: () => Promise<SavedPage>, known = 0): Promise<SavedPage> {
  if (unsent(page) <= known) return page
  const other = await ask().catch(() => page)
  return unsent(other) < unsent(page) ? other : page
}

export type SpotifyApi = ReturnType<typeof createSpotifyApi>

/**
 * The Web API for the owner of an access token. Rejects with the classes of `errors.ts`. The one for people tries once
 * more where Spotify failed; the one for background work keeps waits of up to two minutes, five at most, and leaves the
 * second try to those who know what else has failed.
 * @param base such as `https://api.spotify.com/v1`
 * @param background whether nobody waits for the results; then interactive requests go first
 */
export function createSpotifyApi(
  base: string,
  send: SpotifySend,
  limiter: Pick<RateLimiter, 'run' | 'startReading'>,
  background: boolean,
) {
  const account = { purpose: 'account' } as const

  return {
    startReading: limiter.startReading,
    async me(accessToken: string) {
      return parseProfile(await request('me', 'GET', '/me', accessToken, parseBody, account))
    },
    /** Up to 50 saved songs from `offset` on, newest first as far as Spotify keeps that promise. */
    savedTracks(accessToken: string, { offset, market, ...how }: Where): Promise<SavedPage> {
      const query = new URLSearchParams({ limit: String(blockSize), offset: String(offset) })
      if (market) query.set('market', market)
      const parse = ({ body }: HttpResponse): SavedPage => parsePage(body, offset, blockSize)
      return request('tracks', 'GET', `/me/tracks?${query}`, accessToken, parse, how)
    },
    /** Which of the tracks, by their ids, forty at most, are among the liked songs. */
    async contains(accessToken: string, trackIds: readonly string[]): Promise<readonly string[]> {
      const path = `/me/library/contains?${uris(trackIds)}`
      const body = await request('library', 'GET', path, accessToken, parseBody, account)
      const isThere = (Array.isArray(body) ? body : []) as readonly unknown[]
      if (isThere.length === trackIds.length && isThere.every((one) => typeof one === 'boolean'))
        return trackIds.filter((_, index) => isThere[index])
      throw new SpotifyDownError('GET /me/library/contains answered 200 without a yes or no for each')
    },
    /** Adds tracks, by their ids, forty at most, to the liked songs; what is there already keeps its place. */
    async save(accessToken: string, trackIds: readonly string[]): Promise<void> {
      await request('library', 'PUT', `/me/library?${uris(trackIds)}`, accessToken, () => undefined, account)
    },
    /** Takes tracks, by their ids, forty at most, out of the liked songs; what is not there is no failure. */
    async remove(accessToken: string, trackIds: readonly string[]): Promise<void> {
      await request('library', 'DELETE', `/me/library?${uris(trackIds)}`, accessToken, () => undefined, account)
    },
    ...createPlaylistRequests(request),
  }

  /** `parse` reads the response, once for all who share the request. */
  function request<Parsed>(
    endpoint: SpotifyEndpoint,
    method: Method,
    path: string,
    accessToken: string,
    parse: (response: HttpResponse) => Parsed,
    how: Waiting,
  ): Promise<Parsed> {
    const key = method === 'GET' ? `${accessToken} ${path}` : undefined
    const authorization = `Bearer ${accessToken}`
    const sent = how.body
      ? { headers: { authorization, 'content-type': 'application/json' }, body: JSON.stringify(how.body) }
      : { headers: { authorization } }
    const work = async (signal: AbortSignal): Promise<Parsed> => {
      const response = await send(endpoint, `${base}${path}`, { method, ...sent, deadline: 6000, signal })
      const { status } = response
      const isDone = method === 'GET' ? status === 200 : status >= 200 && status < 300
      if (!isDone) throw errorFor(response, `${method} ${path}`)
      return parse(response)
    }
    const attempt = (): Promise<Parsed> => limiter.run({ ...how, work, background, key })
    return withRetries(attempt, background, how, method !== 'POST')
  }
}

function uris(trackIds: readonly string[]): URLSearchParams {
  return new URLSearchParams({ uris: trackIds.map((id) => `spotify:track:${id}`).join() })
}

const longestWait = 2 * 60_000
const mostWaits = 5

/** A person gets one more try, without a wait that they would notice; background work outlasts longer waits. */
async function withRetries<T>(
  attempt: () => Promise<T>,
  background: boolean,
  { signal, waits }: Waiting,
  isRepeatable: boolean,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (signal?.aborted || (!background && tries > 1)) throw error
      if (error instanceof RateLimitedError && background) waits?.(error.until)
      // What failed may have been carried out all the same.
      if (error instanceof SpotifyDownError && !isRepeatable) throw error
      const pause = pauseAfter(error, background)
      if (pause === undefined || tries > mostWaits) throw error
      // Ends early when the request is cancelled, which the next attempt then says. A process may exit meanwhile.
      await sleep(pause, undefined, { ref: false, signal }).catch(() => undefined)
    }
  }
}

function pauseAfter(error: unknown, background: boolean): number | undefined {
  if (error instanceof RateLimitedError) {
    const wait = error.until - Date.now()
    // What is within its patience the queue waits for.
    if (wait <= patience[background ? 'background' : 'interactive'] && !(error instanceof TurnedAwayError)) return 0
    return background && wait <= longestWait ? Math.max(wait, 0) + 50 : undefined
  }
  // Large libraries answer 500 now and then, or what is no page; a time-out has taken long enough.
  const isDown = error instanceof SpotifyDownError && !(error.cause instanceof HttpError && error.cause.timedOut)
  return isDown && !background ? 250 : undefined
}
