import { Agent as PlainAgent, request as askPlainly, type ClientRequest, type IncomingMessage } from 'node:http'
import { Agent as SecureAgent, request as askSecurely } from 'node:https'
import type { Socket } from 'node:net'
import { gunzip } from 'node:zlib'

export interface HttpRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The longest that the whole exchange may take, body included, in milliseconds. */
  readonly deadline?: number
  readonly signal?: AbortSignal | undefined
}

/** Its body can be read once, in one way or the other. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  text(): string
  /** The same, undecoded: a character for every byte. */
  latin1?(): string
}

/** One request and its whole answer, whatever the status. Redirects are not followed. Rejects with HttpError. */
export type Http = (url: string, options?: HttpRequest) => Promise<HttpResponse>

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
// Servers hang up on connections that nobody uses, most of them after five seconds.
const longestIdle = 4000
const connections = { keepAlive: true, maxSockets: 256 }

/** Kept-alive connections to any number of servers, until `close`. */
export function createHttp(): { readonly send: Http; close(): Promise<void> } {
  const plain = closingIdle(new PlainAgent(connections))
  const secure = closingIdle(new SecureAgent(connections))

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

/** By itself an agent times its requests as well, and then whatever they have read stays in memory for long. */
function closingIdle<Kind extends PlainAgent>(agent: Kind): Kind {
  const keep = agent.keepSocketAlive.bind(agent)
  const reuse = agent.reuseSocket.bind(agent)
  return Object.assign(agent, {
    keepSocketAlive(socket: Socket) {
      const isKept: unknown = keep(socket)
      // Some servers say that they hang up sooner.
      if (!socket.timeout || socket.timeout > longestIdle) socket.setTimeout(longestIdle)
      return isKept
    },
    reuseSocket(socket: Socket, request: ClientRequest) {
      socket.setTimeout(0)
      reuse(socket, request)
    },
  })
}

function exchange(asked: ClientRequest, body: string | undefined): Promise<HttpResponse> {
  return new Promise((resolve, reject) => {
    asked.on('error', reject)
    asked.on('response', (answer) => {
      const { statusCode = 0, headers } = answer
      read(answer, (error, latin1) => (error ? reject(error) : resolve(readable(statusCode, headers, latin1))))
    })
    asked.end(body)
  })
}

/** With a callback, since a promise would keep the text for as long as itself. */
function read(answer: IncomingMessage, done: (error: Error | null, latin1: string) => void): void {
  // Of text, since buffers of this size pile up outside of what is collected often.
  const parts: string[] = []
  let length = 0
  answer.on('error', (error) => done(error, ''))
  answer.on('data', (chunk: Buffer) => {
    parts.push(chunk.toString('latin1'))
    length += chunk.length
    if (length > longestBody) answer.destroy(new Error(`the answer is longer than ${longestBody} bytes`))
  })
  answer.on('end', () => {
    const whole = parts.splice(0).join('')
    if (answer.headers['content-encoding'] !== 'gzip') return done(null, whole)
    gunzip(Buffer.from(whole, 'latin1'), { maxOutputLength: longestBody }, (error, bytes) =>
      done(error, error ? '' : bytes.toString('latin1')),
    )
  })
}

/**
 * Lets go of the body when it is read: what a request waits in has been moved to where the collector seldom looks by
 * then, and would keep it in memory.
 */
function readable(status: number, headers: HttpResponse['headers'], body: string): HttpResponse {
  let left: string | undefined = body
  const latin1 = (): string => {
    if (left === undefined) throw new Error('The body of this answer has been read already')
    const taken = left
    left = undefined
    return taken
  }
  return { status, headers, latin1, text: () => Buffer.from(latin1(), 'latin1').toString('utf8') }
}

// Whoever waits has been told.
function leaveToCaller(): void {}
