import { Agent as PlainAgent, request as askPlainly, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as askSecurely } from 'node:https'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

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
  /** The same, undecoded: a character for every byte. */
  readonly latin1?: string
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
const longestConnect = 3000
const unzip = promisify(gunzip)
// Servers hang up on connections that nobody uses, most of them after five seconds.
const connections = { keepAlive: true, maxSockets: 256, timeout: 4000 }

/** Kept-alive connections to any number of servers, until `close`. */
export function createHttp(): { readonly send: Http; close(): Promise<void> } {
  const plain = new PlainAgent(connections)
  const secure = new SecureAgent(connections)

  return {
    async send(url, { method = 'GET', headers = {}, body, deadline = 8000, signal } = {}) {
      const target = new URL(url)
      const options = { method, headers: { 'accept-encoding': 'gzip', ...headers } }
      const isSecure = target.protocol === 'https:'
      const asked = isSecure
        ? askSecurely(target, { ...options, agent: secure })
        : askPlainly(target, { ...options, agent: plain })
      let timedOut = false
      // Not by the request itself: one that waits for a connection says nothing before it has one.
      const end = Promise.withResolvers<never>()
      const giveUp = (reason: string): void => {
        timedOut = true
        end.reject(new Error(reason))
      }
      const late = setTimeout(giveUp, deadline, `no answer within ${deadline} ms`)
      let early: NodeJS.Timeout | undefined
      asked.on('socket', (socket) => {
        if (!socket.connecting) return
        early = setTimeout(giveUp, longestConnect, `no connection within ${longestConnect} ms`)
        socket.once(isSecure ? 'secureConnect' : 'connect', () => clearTimeout(early))
      })
      const cancel = (): void => end.reject(new Error('nobody waits for the answer any more'))
      signal?.addEventListener('abort', cancel)
      try {
        signal?.throwIfAborted()
        return await Promise.race([exchange(asked, body), end.promise])
      } catch (cause) {
        asked.on('error', leaveToCaller).destroy()
        const reason = (cause as Error).message
        throw new HttpError(`${method} ${target.origin}${target.pathname}: ${reason}`, timedOut, cause)
      } finally {
        clearTimeout(late)
        clearTimeout(early)
        signal?.removeEventListener('abort', cancel)
      }
    },
    async close() {
      plain.destroy()
      secure.destroy()
    },
  }
}

function exchange(asked: ClientRequest, body: string | undefined): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    asked.on('error', reject)
    asked.on('response', (answer) => {
      const { statusCode = 0, headers } = answer
      read(answer).then((latin1) => resolve(decoded(statusCode, headers, latin1)), reject)
    })
    asked.end(body)
  })
}

async function read(answer: IncomingMessage): Promise<string> {
  const chunks = await chunksOf(answer)
  // Pieces of text, since buffers of this size pile up outside of what is collected often.
  if (answer.headers['content-encoding'] !== 'gzip') return chunks.map((chunk) => chunk.toString('latin1')).join('')
  const bytes = await unzip(Buffer.concat(chunks), { maxOutputLength: longestBody })
  return bytes.toString('latin1')
}

/** The text is decoded when somebody asks for it. */
function decoded(status: number, headers: HttpAnswer['headers'], latin1: string): HttpAnswer {
  return {
    status,
    headers,
    latin1,
    get text() {
      return Buffer.from(latin1, 'latin1').toString('utf8')
    },
  }
}

function chunksOf(answer: IncomingMessage): Promise<Buffer[]> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    answer.on('data', (chunk: Buffer) => {
      chunks.push(chunk)
      length += chunk.length
      if (length > longestBody) answer.destroy(new Error(`the answer is longer than ${longestBody} bytes`))
    })
    answer.on('end', () => resolve(chunks))
    answer.on('error', reject)
  })
}

// Whoever waits has been told.
function leaveToCaller(): void {}
