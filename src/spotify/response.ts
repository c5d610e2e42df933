import { HttpError, parseRetryAfter, type Http, type HttpRequest, type HttpResponse } from '../http.ts'
import type { Metrics, SpotifyEndpoint } from '../metrics.ts'
import { NotAllowedError, OwnerPremiumError, RateLimitedError, RefusedError, ScopeError } from './errors.ts'
import { SpotifyDownError, UnauthorizedError, UnknownItemError, type SpotifyError } from './errors.ts'

const hour = 60 * 60_000

/** Sends a request to Spotify. Rejects with SpotifyDownError where there is no response. */
export type SpotifySend = (endpoint: SpotifyEndpoint, url: string, options?: HttpRequest) => Promise<HttpResponse>

export function createSpotifySend(http: Http, metrics: Metrics): SpotifySend {
  return async (endpoint, url, options) => {
    const startedAt = performance.now()
    const count = (result: Parameters<Metrics['spotify']>[1]): void =>
      metrics.spotify(endpoint, result, performance.now() - startedAt)
    try {
      const response = await http(url, options)
      count(response.status)
      return response
    } catch (error) {
      if (options?.signal?.aborted) count('cancelled')
      else count(error instanceof HttpError && error.timedOut ? 'timeout' : 'network')
      if (error instanceof HttpError) throw new SpotifyDownError(error.message, { cause: error })
      throw error
    }
  }
}

/** JSON where it is JSON, else the text itself: Spotify answers both, whatever the status. */
export function parseBody(answer: HttpResponse): unknown {
  const text = answer.body.toString()
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The failure that a Web API answer other than 2xx means. `asked` is method and path, for the log. */
export function errorFor(answer: HttpResponse, asked: string): SpotifyError {
  const { status, body } = answer
  if (status === 429) return rateLimitError(answer)
  const said = `${asked} answered ${status}`
  if (status === 401) return new UnauthorizedError(said)
  // In JSON or plain text: the words count, and a 403 without any of these says nothing about the person.
  const words = status === 403 ? body.toString() : ''
  if (/premium/i.test(words)) return new OwnerPremiumError(said)
  if (/scope/i.test(words)) return new ScopeError(said)
  if (/(?:not|be) registered|not approved/i.test(words)) return new NotAllowedError(said)
  if (status < 400 || status >= 500) return new SpotifyDownError(said)
  const refused = status === 400 || status === 404 ? new UnknownItemError(said) : new RefusedError(said)
  return Object.assign(refused, { status })
}

/** What a 429 asks for. Without a usable Retry-After: the 30 seconds of the rolling window, or an hour of the quota. */
export function rateLimitError(answer: HttpResponse): RateLimitedError {
  const body = parseBody(answer) as { error?: { reason?: unknown } } | null
  const reason = body?.error?.reason === 'QUOTA_EXCEEDED' ? 'quota' : 'rate'
  const wait = parseRetryAfter(answer.headers['retry-after'], Date.now())
  return new RateLimitedError(Date.now() + (wait ?? (reason === 'quota' ? hour : 30_000)), reason)
}
