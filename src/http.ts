import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { Agent } from 'undici'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The longest that the whole exchange may take, body included, in milliseconds. */
  readonly deadline?: number
  readonly signal?: AbortSignal | undefined
}

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

/** One request and its whole answer, whatever the status. Redirects are not followed. Rejects with HttpError. */
export type Http = (url: string, options?: HttpRequest) => Promise<HttpAnswer>

/** No answer, or none that could be read. The message names method and address, never a query, header or body. */
export class HttpError extends Error {
  override readonly name = 'HttpError'
  readonly timedOut: boolean

  constructor(message: string, timedOut: boolean, cause: unknown) {
    super(message, { cause })
    this.timedOut = timedOut
  }
}

const longestBody = 2 * 1024 * 1024
const unzip = promisify(gunzip)

/** Kept-alive connections to any number of servers, until `close`. */
export function createHttp(): { readonly send: Http; close(): Promise<void> } {
  let agent: Agent | undefined

  return {
    async send(url, { method = 'GET', headers = {}, body, deadline = 8000, signal } = {}) {
      const timeout = AbortSignal.timeout(deadline)
      try {
        // Loaded with the first request: nothing needs it before.
        const undici = await import('undici')
        agent ??= new undici.Agent({ connections: 32, connect: { timeout: 3000 } })
        const answer = await undici.request(url, {
          dispatcher: agent,
          method,
          headers: { 'accept-encoding': 'gzip', ...headers },
          body: body ?? null,
          signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        })
        return {
          status: answer.statusCode,
          headers: answer.headers,
          text: await read(answer.body, answer.headers['content-encoding']),
        }
      } catch (cause) {
        const { origin, pathname } = new URL(url)
        const why = timeout.aborted ? `no answer within ${deadline} ms` : (cause as Error).message
        throw new HttpError(`${method} ${origin}${pathname}: ${why}`, timeout.aborted, cause)
      }
    },
    close: async () => agent?.destroy(),
  }
}

async function read(body: AsyncIterable<Uint8Array>, encoding: unknown): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.length
    if (length > longestBody) throw new Error(`the answer is longer than ${longestBody} bytes`)
    chunks.push(chunk)
  }
  const bytes = Buffer.concat(chunks)
  return (encoding === 'gzip' ? await unzip(bytes, { maxOutputLength: longestBody }) : bytes).toString('utf8')
}
