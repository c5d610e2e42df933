import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Agent, request } from 'undici'
import { NamedError } from './errors.ts'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The longest that the whole exchange may take, body included, in milliseconds. */
  readonly deadline?: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** Unzipped. */
  readonly body: Buffer
}

/** One request and its whole response, whatever the status. Redirects are not followed. Rejects with HttpError. */
export type Http = (url: string, options?: HttpRequest) => Promise<HttpResponse>

/** No response, or none that could be read. The message names method and address, never a query, header or body. */
export class HttpError extends NamedError {
  timedOut = false
}

const longestBody = 2 * 1024 * 1024
const unzip = promisify(gunzip)
const limits = {
  connect: { timeout: 3000 },
  connections: 256,
  maxResponseSize: longestBody,
  // Servers hang up on connections that nobody uses, most of them after five seconds.
  keepAliveTimeout: 4000,
  keepAliveMaxTimeout: 4000,
  // The deadline of the whole exchange takes their place.
  headersTimeout: 0,
  bodyTimeout: 0,
}

/** Kept-alive connections to any number of servers, until `close`. */
export function createHttp(): { readonly send: Http; close(): Promise<void> } {
  const dispatcher = new Agent(limits)

  return {
    async send(url, { method = 'GET', headers = {}, body = null, deadline = 8000, signal } = {}) {
      const { origin, pathname } = new URL(url)
      const end = new AbortController()
      const options = { dispatcher, method, headers: { 'accept-encoding': 'gzip', ...headers }, body }
      const late = setTimeout(() => {
        end.abort(Object.assign(new Error(`no answer within ${deadline} ms`), { code: 'ETIMEDOUT' }))
      }, deadline)
      // undici ends a request that waits for a connection only once it has one.
      const ended = once(end.signal, 'abort').then(() => Promise.reject(end.signal.reason as Error))
      const cancel = (): void => end.abort(new Error('cancelled'))
      signal?.addEventListener('abort', cancel)
      if (signal?.aborted) cancel()
      try {
        return await Promise.race([exchange(url, { ...options, signal: end.signal }), ended])
      } catch (cause) {
        const { code, message } = cause as { code?: unknown; message: string }
        const timedOut = code === 'UND_ERR_CONNECT_TIMEOUT' || (end.signal.aborted && !signal?.aborted)
        throw Object.assign(new HttpError(`${method} ${origin}${pathname}: ${message}`, { cause }), { timedOut })
      } finally {
        clearTimeout(late)
        signal?.removeEventListener('abort', cancel)
      }
    },
    close: () => dispatcher.destroy(),
  }
}

async function exchange(url: string, options: Parameters<typeof request>[1]): Promise<HttpResponse> {
  // undici frees a connection only in the turn after its response, and would open another before.
  await nextTurn()
  const { statusCode: status, headers, body } = await request(url, options)
  const sent = Buffer.from(await body.arrayBuffer())
  // An answer without a body, such as a 429, may be announced as zipped all the same.
  const isZipped = headers['content-encoding'] === 'gzip' && sent.length > 0
  return { status, headers, body: isZipped ? await unzip(sent, { maxOutputLength: longestBody }) : sent }
}

// As servers write it today, and in the two ways of before that still have to be read.
const usual = /^(?<weekday>[A-Z][a-z]{2}), (?<day>\d\d) (?<month>[A-Z][a-z]{2}) (?<year>\d{4}) (?<time>[\d:]{8}) GMT$/
const dashed = /^(?<weekday>[A-Z][a-z]{5,8}), (?<day>\d\d)-(?<month>[A-Z][a-z]{2})-(?<year>\d\d) (?<time>[\d:]{8}) GMT$/
const unixStyle = /^(?<weekday>[A-Z][a-z]{2}) (?<month>[A-Z][a-z]{2}) (?<day>[ \d]\d) (?<time>[\d:]{8}) (?<year>\d{4})$/
const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

/**
 * A date as in a header, in milliseconds since the epoch; undefined for all that merely looks like one to Date.parse.
 * Of two digits of a year, what would be more than fifty years after `now` is of the century before.
 */
export function parseHttpDate(text: string, now = Date.now()): number | undefined {
  const short = dashed.exec(text)
  const found = (usual.exec(text) ?? short ?? unixStyle.exec(text))?.groups
  const { weekday, day, month, year, time } = found ?? {}
  if (!day || !year) return undefined
  const thisYear = new Date(now).getUTCFullYear()
  const recent = thisYear - (thisYear % 100) + Number(year)
  const fullYear = short ? recent - (recent > thisYear + 50 ? 100 : 0) : year
  const date = `${day.replace(' ', '0')} ${month} ${fullYear} ${time} GMT`
  const parsed = new Date(date)
  const name = weekdays[parsed.getUTCDay()] ?? ''
  const isThatDay = weekday === (short ? name : name.slice(0, 3))
  return isThatDay && parsed.toUTCString().endsWith(`, ${date}`) ? parsed.getTime() : undefined
}

/** Spotify asks for most of a day. More comes from a clock that is wrong, or from a mistake; in milliseconds. */
export const longestWait = 2 * 24 * 60 * 60_000

/**
 * The wait in a Retry-After, in milliseconds: seconds, also with a fraction, rounded up, or until a date; a second at
 * least. Undefined where that cannot be told, or is over.
 */
export function parseRetryAfter(header: unknown, now: number): number | undefined {
  const text = String(header)
  const isSeconds = /^\d+(?:\.\d+)?$/.test(text)
  const wait = isSeconds ? Math.ceil(Number(text)) * 1000 : (parseHttpDate(text, now) ?? -Infinity) - now
  return wait >= 0 ? Math.min(Math.max(wait, 1000), longestWait) : undefined
}
