import * as oauth from 'oauth4webapi'
import { z } from 'zod'
import { DiscordClientError, UserError } from '../errors.ts'
import type { Http, HttpResponse } from '../http.ts'

export interface DiscordOAuthSettings {
  readonly clientId: string
  readonly clientSecret: string
  /** Such as `https://discord.com/api`. */
  readonly apiUrl: string
  /** Such as `https://discord.com/oauth2/authorize`. */
  readonly authorizeUrl: string
}

/** `name` is the handle, which is theirs alone; `display` is what they call themselves. */
export interface DiscordPerson {
  readonly id: string
  readonly name: string
  readonly display: string
}

/** Who the browser's person is, according to Discord. */
export interface DiscordOAuth {
  authorizeUrl(redirectUri: string, state: string, codeVerifier: string): Promise<string>
  /** Checks a redirect's parameters against the state that was sent. Throws oauth4webapi's errors. */
  validate(parameters: URLSearchParams, state: string): URLSearchParams
  /** The person's id and name; the token that told is revoked and not kept. Throws UserError. */
  identify(parameters: URLSearchParams, redirectUri: string, codeVerifier: string): Promise<DiscordPerson>
}

const tokenAnswer = z.object({ access_token: z.string().regex(/^[\x21-\x7e]{1,4096}$/) })
const identity = z.object({
  application: z.object({ id: z.string() }),
  user: z.object({
    id: z.string().regex(/^\d{17,20}$/),
    username: z.string().min(1),
    global_name: z.string().min(1).nullish().catch(null),
  }),
})

const notNow = 'Discord did not answer, or not with sense. Please start again in a minute.'
const notAccepted = 'Discord did not accept this sign-in: it was used already or took too long. Please start again.'

export function createDiscordOAuth(settings: DiscordOAuthSettings, http: Http): DiscordOAuth {
  const { clientId, clientSecret, apiUrl, authorizeUrl } = settings
  const server: oauth.AuthorizationServer = { issuer: new URL(authorizeUrl).origin }
  const basic = `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`

  return {
    async authorizeUrl(redirectUri, state, codeVerifier) {
      const url = new URL(authorizeUrl)
      url.search = new URLSearchParams({
        client_id: clientId,
        response_type: 'code',
        redirect_uri: redirectUri,
        scope: 'identify',
        state,
        code_challenge_method: 'S256',
        code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
      }).toString()
      return url.href
    },
    validate: (parameters, state) => oauth.validateAuthResponse(server, { client_id: clientId }, parameters, state),
    async identify(parameters, redirectUri, codeVerifier) {
      const token = await exchange(parameters.get('code') ?? '', redirectUri, codeVerifier)
      try {
        return await whoIs(token)
      } finally {
        // Discord forgets it by itself within a week; the sign-in does not fail over this.
        await post('/oauth2/token/revoke', { token }).catch(() => undefined)
      }
    },
  }

  async function exchange(code: string, redirectUri: string, codeVerifier: string): Promise<string> {
    const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: codeVerifier }
    const answer = await post('/oauth2/token', form).catch(unreachable)
    const { status } = answer
    const text = answer.text()
    if (status === 401 || /"invalid_client"/.test(text))
      throw new DiscordClientError(`POST /oauth2/token answered ${status}`)
    if (status >= 400 && status < 500 && status !== 429) throw new UserError(notAccepted)
    return read(status, text, tokenAnswer).access_token
  }

  async function whoIs(token: string): Promise<DiscordPerson> {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await http(`${apiUrl}/v10/oauth2/@me`, { headers, deadline: 5000 }).catch(unreachable)
    const { application, user } = read(answer.status, answer.text(), identity)
    if (application.id !== clientId)
      throw new UserError('Discord answered for another application. Please start again.')
    return { id: user.id, name: user.username, display: user.global_name ?? user.username }
  }

  function post(path: string, form: Record<string, string>): Promise<HttpResponse> {
    const headers = { authorization: basic, 'content-type': 'application/x-www-form-urlencoded' }
    return http(`${apiUrl}/v10${path}`, {
      method: 'POST',
      headers,
      body: String(new URLSearchParams(form)),
      deadline: 5000,
    })
  }
}

function unreachable(cause: unknown): never {
  throw new UserError(notNow, { cause })
}

function read<Shape extends z.ZodType>(status: number, text: string, shape: Shape): z.infer<Shape> {
  try {
    if (status === 200) return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new UserError(notNow, { cause })
  }
  throw new UserError(notNow)
}
