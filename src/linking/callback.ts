import { UserError } from '../errors.ts'

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
