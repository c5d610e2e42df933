import { z } from 'zod'
import { SpotifyDownError } from './errors.ts'

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
