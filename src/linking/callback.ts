import { UserError } from '../errors.ts'
import type { Request, Response } from 'express'
import { isSecretShaped } from '../crypto.ts'

/** What a provider's redirect may carry, checked in form only. */
export interface CallbackParameters {
  readonly parameters: URLSearchParams
  readonly state: string
  readonly code: string | undefined
  /** The provider's error code, as sent: never show it. */
  readonly error: string | undefined
}

const malformed = 'This address is not one that Discord or Spotify sends people to. Start again in this browser.'
const unwanted = ['response', 'id_token', 'token', 'access_token']

/** Reads the query of a callback address. Throws UserError for what no provider sends; nothing is spent then. */
export function readCallback(address: string): CallbackParameters {
  const parameters = new URLSearchParams(address.split('?').slice(1).join('?'))
  const state = only(parameters, 'state', 200)
  const code = only(parameters, 'code', 2048)
  const error = only(parameters, 'error', 10_000)
  const foreign = unwanted.some((name) => parameters.has(name))
  if (!state || (!code && !error) || foreign) throw new UserError(malformed)
  return { parameters, state, code, error }
}

function only(parameters: URLSearchParams, name: string, longest: number): string | undefined {
  const values = parameters.getAll(name)
  const [value] = values
  if (value === undefined) return undefined
  const fits = values.length === 1 && value.length <= longest
  if (!fits || (name !== 'error' && !/^[\x21-\x7e]+$/.test(value))) throw new UserError(malformed)
  return value
}

/** Where Discord and Spotify send browsers back to. */
export const callbacks = { discord: '/callback/discord', spotify: '/callback/spotify' } as const

/** The two addresses that have to be registered there, to the letter. */
export function redirectUris(publicUrl: string): Readonly<Record<keyof typeof callbacks, string>> {
  return { discord: publicUrl + callbacks.discord, spotify: publicUrl + callbacks.spotify }
}

/** The cookie that ties an attempt to one browser. */
export interface SessionCookie {
  /** The different values of ours that the browser sent; more than one where somebody else put theirs beside it. */
  read(request: Request): string[]
  write(response: Response, value: string): void
}

const lifetime = 10 * 60 * 1000
const mostRead = 4

/** Behind https the browser itself keeps other hosts from setting it; plain http is for loopback only. */
export function sessionCookie(publicUrl: string): SessionCookie {
  const secure = publicUrl.startsWith('https:')
  const name = secure ? '__Host-hearsay' : 'hearsay'
  return {
    read(request) {
      const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
      const values = pairs.flatMap(([key, value = '']) => (key === name && isSecretShaped(value) ? [value] : []))
      return [...new Set(values)].slice(0, mostRead)
    },
    write(response, value) {
      response.cookie(name, value, { httpOnly: true, secure, sameSite: 'lax', path: '/', maxAge: lifetime })
    },
  }
}

/** What a provider's library makes of the parameters. Throws UserError. */
export function checked(validate: () => URLSearchParams): URLSearchParams {
  try {
    return validate()
  } catch (cause) {
    throw new UserError('The answer that came back does not fit the question. Start again in this browser.', { cause })
  }
}

/** For the error code that a provider sent back. */
export function cancelled(error: string, provider: string): CancelledError {
  return new CancelledError(
    error === 'access_denied'
      ? `You cancelled on ${provider}’s page, so nothing was linked.`
      : `${provider} could not finish the sign-in. Nothing was linked; please start again.`,
  )
}

/** The person, or the provider, did not agree. */
export class CancelledError extends UserError {}
