import * as oauth from 'oauth4webapi'
import type { Http, HttpResponse } from './http.ts'

/** An application at an OAuth server. */
export interface OAuthApplication {
  readonly authorizeUrl: string
  readonly tokenUrl: string
  readonly revokeUrl?: string
  readonly clientId: string
  /** Undefined for a public client, which proves itself by PKCE alone. */
  readonly clientSecret: string | undefined
}

export interface AuthorizeRequest {
  readonly redirectUri: string
  readonly scope: string
  readonly state: string
  readonly codeVerifier: string
}

/** Authorization codes with state and PKCE. Requests reject as `http` does; what a response means is the caller's. */
export interface OAuthClient {
  /** Where the browser goes to agree; `extra` are parameters that only this server knows. */
  authorizeUrl(request: AuthorizeRequest, extra?: Readonly<Record<string, string>>): Promise<string>
  /** Checks a redirect's parameters against the state that was sent. Throws oauth4webapi's errors. */
  validate(parameters: URLSearchParams, state: string): URLSearchParams
  /** `parameters` have passed `validate`. */
  exchange(parameters: URLSearchParams, redirectUri: string, codeVerifier: string): Promise<HttpResponse>
  refresh(refreshToken: string): Promise<HttpResponse>
  revoke(token: string): Promise<HttpResponse>
}

/** @param deadline of each request, in milliseconds */
export function createOAuthClient(application: OAuthApplication, http: Http, deadline: number): OAuthClient {
  const { authorizeUrl, tokenUrl, revokeUrl, clientId, clientSecret } = application
  const server: oauth.AuthorizationServer = {
    issuer: new URL(authorizeUrl).origin,
    token_endpoint: tokenUrl,
    ...(revokeUrl && { revocation_endpoint: revokeUrl }),
  }
  const client: oauth.Client = { client_id: clientId }
  const authentication = clientSecret === undefined ? oauth.None() : basic(clientId, clientSecret)
  // Loopback only: the configuration refuses plain http elsewhere.
  const insecure = { [oauth.allowInsecureRequests]: tokenUrl.startsWith('http:') }

  return {
    async authorizeUrl({ redirectUri, scope, state, codeVerifier }, extra = {}) {
      const url = new URL(authorizeUrl)
      url.search = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope,
        state,
        ...extra,
        code_challenge_method: 'S256',
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      }).toString()
      return url.href
    },
    validate: (parameters, state) => oauth.validateAuthResponse(server, client, parameters, state),
    exchange: (parameters, redirectUri, codeVerifier) =>
      post((options) =>
        oauth.authorizationCodeGrantRequest(
          ...([server, client, authentication, parameters, redirectUri, codeVerifier, options] as const),
        ),
      ),
    refresh: (refreshToken) =>
      post((options) => oauth.refreshTokenGrantRequest(server, client, authentication, refreshToken, options)),
    revoke: (token) => post((options) => oauth.revocationRequest(server, client, authentication, token, options)),
  }

  /** oauth4webapi writes the form. Its own reading of responses is too strict for what these servers send. */
  async function post(request: (options: FormOptions) => Promise<Response>): Promise<HttpResponse> {
    const sent = Promise.withResolvers<HttpResponse>()
    await request({
      ...insecure,
      [oauth.customFetch]: async (url, { headers, body }) => {
        sent.resolve(await http(url, { method: 'POST', headers, body: String(body), deadline }))
        return new Response(null)
      },
    })
    return sent.promise
  }
}

interface FormOptions {
  readonly [oauth.allowInsecureRequests]: boolean
  readonly [oauth.customFetch]: (
    url: string,
    options: { readonly headers: Record<string, string>; readonly body?: unknown },
  ) => Promise<Response>
}

/** Not oauth4webapi's, which percent-encodes first: Discord is not known to decode that, and its secrets hold dashes. */
function basic(id: string, secret: string): oauth.ClientAuth {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  return (_server, _client, _body, headers) => headers.set('authorization', authorization)
}
