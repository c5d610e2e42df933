import * as oauth from 'oauth4webapi'
import { HttpError, type Http, type HttpResponse } from '../http.ts'
import { parseBody, rateLimitError } from './response.ts'
import { InvalidClientError, InvalidGrantError, RefusedError, SpotifyDownError } from './errors.ts'
import type { RateLimiter } from './rate-limit/limiter.ts'
import { z } from 'zod'

export interface AuthorizeRequest {
  readonly redirectUri: string
  readonly scope: string
  readonly state: string
  readonly codeVerifier: string
}

/** The accounts service for one Spotify app. Rejects with the classes of `errors.ts`. */
export interface SpotifyOAuth {
  readonly clientId: string
  /** Where the browser goes to consent; the person sees the dialog even if they consented before. */
  authorizeUrl(request: AuthorizeRequest): Promise<string>
  /** What came back to the redirect URI, for tokens. `parameters` have passed `oauth.validateAuthResponse`. */
  exchange(parameters: URLSearchParams, redirectUri: string, codeVerifier: string): Promise<TokenResponse>
  /** Checks a redirect's parameters against the state that was sent. Throws oauth4webapi's errors. */
  validate(parameters: URLSearchParams, state: string): URLSearchParams
  refresh(refreshToken: string): Promise<TokenResponse>
}

export interface SpotifyApp {
  /** Such as `https://accounts.spotify.com`. */
  readonly accountsUrl: string
  readonly clientId: string
  /** Undefined for a public client: a person's own app, of which only the id is known. */
  readonly clientSecret: string | undefined
}

const deadline = 6000

export function createSpotifyOAuth(app: SpotifyApp, http: Http, gate: RateLimiter): SpotifyOAuth {
  const server: oauth.AuthorizationServer = {
    issuer: app.accountsUrl,
    authorization_endpoint: `${app.accountsUrl}/authorize`,
    token_endpoint: `${app.accountsUrl}/api/token`,
  }
  const client: oauth.Client = { client_id: app.clientId }
  const secret = app.clientSecret === undefined ? oauth.None() : oauth.ClientSecretBasic(app.clientSecret)
  const options = {
    // Loopback only: the configuration refuses plain http elsewhere.
    [oauth.allowInsecureRequests]: app.accountsUrl.startsWith('http:'),
  }

  return {
    clientId: app.clientId,
    async authorizeUrl({ redirectUri, scope, state, codeVerifier }) {
      const url = new URL(`${app.accountsUrl}/authorize`)
      url.search = new URLSearchParams({
        client_id: app.clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope,
        state,
        show_dialog: 'true',
        code_challenge_method: 'S256',
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      }).toString()
      return url.href
    },
    validate: (parameters, state) => oauth.validateAuthResponse(server, client, parameters, state),
    exchange: (parameters, redirectUri, codeVerifier) =>
      tokens((send) =>
        oauth.authorizationCodeGrantRequest(server, client, secret, parameters, redirectUri, codeVerifier, {
          ...options,
          [oauth.customFetch]: send,
        }),
      ),
    refresh: (refreshToken) =>
      tokens((send) =>
        oauth.refreshTokenGrantRequest(server, client, secret, refreshToken, { ...options, [oauth.customFetch]: send }),
      ),
  }

  async function tokens(ask: (send: Send) => Promise<unknown>): Promise<TokenResponse> {
    // Another host than the Web API's: it keeps the wait that Spotify asks for, and takes no room in the window.
    await gate.checkBlocked()
    let answer: HttpResponse | undefined
    try {
      await ask(async (url, { method, headers, body }) => {
        answer = await http(url, { method: method as 'POST', headers, body: String(body), deadline })
        return new Response(null)
      })
    } catch (error) {
      if (error instanceof HttpError) throw new SpotifyDownError(error.message, { cause: error })
      throw error
    }
    if (answer?.status === 200) return parseTokenResponse(parseBody(answer), Date.now())
    throw await refusal(answer)
  }

  async function refusal(answer: HttpResponse | undefined): Promise<Error> {
    if (answer?.status === 429) {
      const limited = rateLimitError(answer, Date.now())
      await gate.recordBlock(limited)
      return limited
    }
    const said = `POST /api/token answered ${answer?.status}`
    // A server in trouble may say anything, so only a refusal that takes the blame off it counts as one.
    const refused = answer !== undefined && answer.status >= 400 && answer.status < 500
    const error = refused && (parseBody(answer) as { error?: unknown } | null)?.error
    if (error === 'invalid_grant') return new InvalidGrantError(said)
    if (error === 'invalid_client') return new InvalidClientError(`${said} (invalid_client)`)
    if (typeof error === 'string') return new RefusedError(`${said} (${error.slice(0, 40).replace(/[^\w-]/g, '')})`)
    return new SpotifyDownError(said)
  }
}

type Send = (
  url: string,
  options: { method: string; headers: Record<string, string>; body?: unknown },
) => Promise<Response>

/**
 * What the token endpoint gave. Parts that make no sense are absent instead of failing the whole,
 * so that a rotated refresh token is never lost to an odd neighbour.
 */
export interface TokenResponse {
  readonly access?: { readonly token: string; /** Milliseconds since the epoch. */ readonly expiresAt: number }
  readonly refreshToken?: string
  /** Undefined where Spotify did not say: then it is what was asked for. */
  readonly scope?: readonly string[]
}

const hour = 3600
const day = 24 * hour

// Printable ASCII without spaces: what a header or a form can carry.
const token = z
  .string()
  .regex(/^[\x21-\x7e]{1,4096}$/)
  .optional()
  .catch(undefined)

const answer = z.object({
  access_token: token,
  token_type: z
    .string()
    .regex(/^bearer$/i)
    .optional()
    .catch(undefined),
  expires_in: z.coerce.number().positive().catch(hour),
  refresh_token: token,
  scope: z.string().optional().catch(undefined),
})

export function parseTokenResponse(body: unknown, now: number): TokenResponse {
  const parsed = answer.safeParse(body)
  if (!parsed.success) throw new SpotifyDownError('The token endpoint answered 200 without a JSON object')
  const {
    access_token: access,
    token_type: type,
    expires_in: seconds,
    refresh_token: refreshToken,
    scope,
  } = parsed.data
  return {
    ...(access && type && { access: { token: access, expiresAt: now + Math.min(seconds, day) * 1000 } }),
    ...(refreshToken && { refreshToken }),
    ...(scope && { scope: scope.split(' ') }),
  }
}
