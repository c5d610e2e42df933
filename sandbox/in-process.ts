import type { RequestListener } from 'node:http'
import { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'

export interface Asked {
  readonly method: string
  /** Path and query. */
  readonly path: string
  /** By names in lower case. */
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: Uint8Array
}

export interface Answered {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: Buffer<ArrayBuffer>
}

/**
 * Has an Express app answer a request within this process: no port, no timers, and nothing that waits for the network,
 * so that time may stand still meanwhile. Rejects where the app cuts the connection.
 */
export function askInProcess(app: RequestListener, { method, path, headers = {}, body }: Asked): Promise<Answered> {
  const { promise, resolve, reject } = Promise.withResolvers<Answered>()
  const cut = (): void => reject(Object.assign(new Error('The connection was cut'), { code: 'ECONNRESET' }))
  const request = new IncomingMessage(connection(cut))
  Object.assign(request, { method, url: path, httpVersion: '1.1', complete: true })
  request.headers = { host: 'in.process', ...headers, ...(body && { 'content-length': String(body.byteLength) }) }
  if (body) request.push(body)
  request.push(null)
  app(request, responseTo(request, resolve))
  return promise
}

function responseTo(request: IncomingMessage, done: (answered: Answered) => void): ServerResponse {
  const response = new ServerResponse(request)
  const chunks: Buffer[] = []
  const take = (chunk: unknown): void => {
    if (typeof chunk === 'string' || chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk as string))
  }
  response.write = (chunk: unknown) => {
    take(chunk)
    return true
  }
  response.end = (chunk?: unknown) => {
    take(chunk)
    const headers = Object.entries(response.getHeaders()).map(([name, value]) => [name, String(value)] as const)
    response.finished = true
    response.emit('prefinish')
    response.emit('finish')
    done({ status: response.statusCode, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) })
    return response
  }
  return response
}

/** As much of a socket as Express and its middleware look at. */
function connection(cut: () => void): Socket {
  const nothing = new Duplex({ read: () => undefined, write: (_chunk, _encoding, taken) => taken() })
  return Object.assign(nothing, { remoteAddress: '127.0.0.1', resetAndDestroy: cut }) as unknown as Socket
}
