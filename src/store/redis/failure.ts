import { StoreUnavailableError } from '../store.ts'
import { LateError } from './deadline.ts'

/** True when the server itself said no; such an answer starts with a word in capitals, like OOM or WRONGTYPE. */
export function isReply(error: unknown): boolean {
  return /^[A-Z]{3,} /.test(messageOf(error))
}

/** A failure of one call. */
export function failed(cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause
  if (cause instanceof LateError) return new StoreUnavailableError('Redis did not answer in time.', { cause })
  const refusal = isReply(cause) ? `Redis refuses: ${messageOf(cause)}` : 'The connection to Redis is down.'
  return new StoreUnavailableError(refusal, { cause })
}

/** A failure at the start, for the operator: what to check. `where` is hosts and ports, never the whole URL. */
export function failedToOpen(where: string, failure: unknown): StoreUnavailableError {
  const cause = failure instanceof StoreUnavailableError ? failure.cause : failure
  const advice = adviceOn(messageOf(cause))
  return new StoreUnavailableError(advice.replace('WHERE', where), { cause })
}

export function badUrl(): StoreUnavailableError {
  return new StoreUnavailableError(
    'REDIS_URL is not an address of a Redis. Write redis://user:password@host:port, with rediss:// for TLS, ' +
      'and a comma between the nodes of a cluster.',
  )
}

function adviceOn(message: string): string {
  if (/^(NOAUTH|WRONGPASS|NOPERM) |AUTH .* without any password/.test(message)) {
    return 'Redis at WHERE refuses the login. Check the user name and the password in REDIS_URL.'
  }
  if (message.startsWith('LOADING ')) return 'Redis at WHERE is still loading its data. Start again in a moment.'
  if (/unknown command/i.test(message)) return 'Redis at WHERE is too old. Hearsay needs Redis 6.2 or newer, or Valkey.'
  if (/^(MOVED|CROSSSLOT) /.test(message)) {
    return 'Redis at WHERE is part of a cluster. List its nodes in REDIS_URL with commas between them.'
  }
  if (/^[A-Z]{3,} /.test(message)) return `Redis at WHERE does not take data. It says: ${message}`
  return 'No Redis answers at WHERE. Check that it is running and that REDIS_URL points to it.'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
