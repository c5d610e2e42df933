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

/** Authorization codes with state and PKCE. Requests reject as `http` does; `deadline` is of each, in milliseconds. */
export function createOAuthClient(application: OAuthApplication, http: Http, deadline: number) {
  const { authorizeUrl: endpoint, tokenUrl, revokeUrl, clientId, clientSecret } = application
  const server: oauth.AuthorizationServer = {
    issuer: new URL(endpoint).origin,
    token_endpoint: tokenUrl,
    ...(revokeUrl && { revocation_endpoint: revokeUrl }),
  }
  const client: oauth.Client = { client_id: clientId }
  const authentication = clientSecret === undefined ? oauth.None() : basic(clientId, clientSecret)

  return { authorizeUrl, validate, exchange, refresh, revoke }

  /** Where the browser goes to agree; `extra` are parameters that only this server knows. */
  async function authorizeUrl(
    { redirectUri, scope, state, codeVerifier }: AuthorizeRequest,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const url = new URL(endpoint)
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
  }

  /** Checks a redirect's parameters against the state that was sent. Throws oauth4webapi's errors. */
  function validate(parameters: URLSearchParams, state: string): URLSearchParams {
    return oauth.validateAuthResponse(server, client, parameters, state)
  }

  /** `parameters` have passed `validate`. */
  function exchange(parameters: URLSearchParams, redirectUri: string, codeVerifier: string): Promise<HttpResponse> {
    const code = [parameters, redirectUri, codeVerifier] as const
    return post((options) => oauth.authorizationCodeGrantRequest(server, client, authentication, ...code, options))
  }

  function refresh(token: string): Promise<HttpResponse> {
    return post((options) => oauth.refreshTokenGrantRequest(server, client, authentication, token, options))
  }

  function revoke(token: string): Promise<HttpResponse> {
    return post((options) => oauth.revocationRequest(server, client, authentication, token, options))
  }

  /** oauth4webapi writes the form. Its own reading of responses is too strict for what these servers send. */
  async function post(request: (options: FormOptions) => Promise<Response>): Promise<HttpResponse> {
    const sent = Promise.withResolvers<HttpResponse>()
    await request({
      // Loopback only: the configuration refuses plain http elsewhere.
      [oauth.allowInsecureRequests]: tokenUrl.startsWith('http:'),
      [oauth.customFetch]: async (url, { headers, body }) => {
        sent.resolve(await http(url, { method: 'POST', headers, body: String(body), deadline }))
        return new Response(null)
      },
    })
    return sent.promise
  }
}

type FormOptions = oauth.HttpRequestOptions<'POST', URLSearchParams>

/** Not oauth4webapi's, which percent-encodes first: Discord is not known to decode that, and its secrets hold dashes. */
function basic(id: string, secret: string): oauth.ClientAuth {
  const authorization = `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
  return (_server, _client, _body, headers) => headers.set('authorization', authorization)
}
