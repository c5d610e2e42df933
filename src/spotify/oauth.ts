import { z } from 'zod'
import type { Metrics, RefreshOutcome } from '../metrics.ts'
import { createOAuthClient, type AuthorizeRequest, type OAuthApplication } from '../oauth-client.ts'
import type { HttpResponse } from '../http.ts'
import { InvalidClientError, InvalidGrantError, RateLimitedError, RefusedError, SpotifyDownError } from './errors.ts'
import type { RateLimiter } from './rate-limit/limiter.ts'
import { parseBody, rateLimitError, type SpotifySend } from './response.ts'

/** The accounts service for one Spotify app. Rejects with the classes of `errors.ts`. */
export function createSpotifyOAuth(
  { accountsUrl, ...app }: Pick<OAuthApplication, 'clientId' | 'clientSecret'> & { readonly accountsUrl: string },
  send: SpotifySend,
  limiter: RateLimiter,
  metrics: Metrics,
) {
  const urls = { authorizeUrl: `${accountsUrl}/authorize`, tokenUrl: `${accountsUrl}/api/token` }
  const client = createOAuthClient({ ...urls, ...app }, (url, options) => send('token', url, options), 6000)

  return {
    /** Where the browser goes to agree; the person sees the page even if they agreed before. */
    authorizeUrl: (request: AuthorizeRequest) => client.authorizeUrl(request, { show_dialog: 'true' }),
    validate: client.validate,
    /** What came back to the redirect URI, for tokens. `parameters` have passed `validate`. */
    exchange: (...code: Parameters<typeof client.exchange>) => tokens(() => client.exchange(...code)),
    refresh,
  }

  async function refresh(refreshToken: string): Promise<TokenResponse> {
    try {
      const response = await tokens(() => client.refresh(refreshToken))
      metrics.refresh(response.access ? 'refreshed' : 'failed')
      return response
    } catch (error) {
      metrics.refresh(outcomeOf(error))
      throw error
    }
  }

  /** Not through the queue: it is another host than the Web API's, but a block stops both. */
  async function tokens(request: () => Promise<HttpResponse>): Promise<TokenResponse> {
    await limiter.checkBlocked()
    const response = await request()
    if (response.status === 200) return parseTokenResponse(parseBody(response), Date.now())
    if (response.status !== 429) throw refusal(response)
    const limited = rateLimitError(response)
    await limiter.recordBlock(limited)
    throw limited
  }
}

function refusal(response: HttpResponse): Error {
  const { status } = response
  const message = `POST /api/token answered ${status}`
  // A server in trouble may say anything, so only a refusal that blames the request counts as one.
  const error = status >= 400 && status < 500 && (parseBody(response) as { error?: unknown } | null)?.error
  if (error === 'invalid_grant') return new InvalidGrantError(message)
  if (error === 'invalid_client') return new InvalidClientError(`${message} (invalid_client)`)
  if (typeof error === 'string') return new RefusedError(`${message} (${error.slice(0, 40).replace(/[^\w-]/g, '')})`)
  return new SpotifyDownError(message)
}

function outcomeOf(error: unknown): RefreshOutcome {
  if (error instanceof InvalidGrantError) return 'ended'
  if (error instanceof InvalidClientError) return 'misconfigured'
  return error instanceof RateLimitedError ? 'limited' : 'failed'
}

export type TokenResponse = ReturnType<typeof parseTokenResponse>

const ifText = (pattern: RegExp) => z.string().regex(pattern).optional().catch(undefined)
// Printable ASCII without spaces: what a header or a form can carry.
const token = ifText(/^[\x21-\x7e]{1,4096}$/)

const digits = ifText(/^\d*[1-9]\d*$/)

const answer = z.object({
  access_token: token,
  token_type: ifText(/^bearer$/i),
  expires_in: z.number().positive().or(digits.pipe(z.coerce.number())).catch(3600),
  refresh_token: token,
  scope: z.string().optional().catch(undefined),
})

/**
 * What the token endpoint gave; times in milliseconds since the epoch. Parts that make no sense are absent instead of
 * failing the whole, so that a rotated refresh token is never lost to an odd neighbour. Without a scope it is what was
 * asked for.
 */
export function parseTokenResponse(body: unknown, now: number) {
  const { data } = answer.safeParse(body)
  if (!data) throw new SpotifyDownError('The token endpoint answered 200 without a JSON object')
  const { access_token: access, token_type: type, refresh_token: refreshToken, scope } = data
  const expiresAt = now + Math.min(data.expires_in, 24 * 3600) * 1000
  return {
    ...(access && type && { access: { token: access, expiresAt } }),
    ...(refreshToken && { refreshToken }),
    ...(scope && { scope: scope.split(' ') }),
  }
}
