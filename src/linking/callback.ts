import type { Request, Response } from 'express'
import { isSecretShaped } from '../crypto.ts'
import { UserError } from '../errors.ts'
import { PageError } from './page-error.ts'

/**
 * Reads the query of a callback address, checked in form only. Throws UserError for what no provider sends; nothing is
 * spent then. `error` is the provider's code, as sent: never show it.
 */
export function readCallback(address: string) {
  const parameters = new URLSearchParams(address.split('?').slice(1).join('?'))
  const state = only(parameters, 'state', 200)
  const code = only(parameters, 'code', 2048)
  const error = only(parameters, 'error', 10_000)
  const foreign = ['response', 'id_token', 'token', 'access_token'].some((name) => parameters.has(name))
  if (!state || (!code && !error) || foreign) throw new UserError('problem.malformed')
  return { parameters, state, code, error }
}

function only(parameters: URLSearchParams, name: string, longest: number): string | undefined {
  const [value, ...others] = parameters.getAll(name)
  if (value === undefined) return undefined
  const isLegible = name === 'error' || /^[\x21-\x7e]+$/.test(value)
  if (others.length > 0 || value.length > longest || !isLegible) throw new UserError('problem.malformed')
  return value
}

/** Where Discord and Spotify send browsers back to. */
export const callbacks = { discord: '/callback/discord', spotify: '/callback/spotify' } as const

/** The two addresses that have to be registered there, to the letter. */
export function redirectUris(publicUrl: string): Readonly<Record<keyof typeof callbacks, string>> {
  return { discord: publicUrl + callbacks.discord, spotify: publicUrl + callbacks.spotify }
}

/** The cookie that ties a session to one browser. Behind https no other host can set it; http is for loopback only. */
export function sessionCookie(publicUrl: string) {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-hearsay' : 'hearsay'
  return {
    /** The different values of ours that the browser sent, four at most; more than one where somebody else put theirs beside it. */
    read(request: Request): string[] {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
      const values = pairs.flatMap(([key, value = '']) => (key === name && isSecretShaped(value) ? [value] : []))
      return [...new Set(values)].slice(0, 4)
    },
    write(response: Response, value: string): void {
      response.cookie(name, value, { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: 10 * 60_000 })
    },
  }
}

/** The parameters of a callback that a provider may have sent. Throws UserError for its refusal, and for what does not fit. */
export function validated(
  { parameters, state, error }: ReturnType<typeof readCallback>,
  validate: (parameters: URLSearchParams, state: string) => URLSearchParams,
  provider: string,
): URLSearchParams {
  if (error) {
    const key = error === 'access_denied' ? 'problem.cancelled' : 'problem.failed'
    throw new PageError(403, 'problem.title.unchanged', key, { provider })
  }
  try {
    return validate(parameters, state)
  } catch (cause) {
    throw new UserError('problem.mismatch', undefined, { cause })
  }
}
