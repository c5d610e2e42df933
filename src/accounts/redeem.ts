import type { SpotifyClient } from '../spotify/clients.ts'
import { UnauthorizedError } from '../spotify/errors.ts'
import { ScopeMissingError } from './errors.ts'
import { readScope } from './scopes.ts'

/** What Spotify sent back after somebody agreed. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly codeVerifier: string
  readonly startedAt: number
  /** The app that it was given to; the operator's when absent. */
  readonly clientId?: string | undefined
  /** What was asked for: where Spotify does not say what it granted, it is that. */
  readonly scope?: readonly string[] | undefined
}

/** What the consent is worth: tokens that Spotify answers to, and whose account it is. */
export async function exchangeCode(
  { oauth, api }: SpotifyClient,
  { parameters, redirectUri, codeVerifier, scope: asked = [readScope] }: AuthorizationResponse,
) {
  const { access, refreshToken, scope = asked } = await oauth.exchange(parameters, redirectUri, codeVerifier)
  if (!scope.includes(readScope)) throw new ScopeMissingError()
  if (!access || !refreshToken) throw new UnauthorizedError('The code brought no usable tokens')
  return { access, refreshToken, scope, profile: await api.me(access.token) }
}
