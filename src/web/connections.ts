import { readFileSync } from 'node:fs'
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator } from 'express-rate-limit'

/** A connection, with the request on it that is not answered yet. */
interface Connection {
  readonly socket: Socket
  readonly address: string
  request?: IncomingMessage | undefined
}

/** How many connections there may be, and how many of one address; undefined where a proxy is in between. */
interface ConnectionBounds {
  readonly total: number
  readonly ofAddress?: number | undefined
}

/**
 * Keeps the connections of a server within bounds. One too many takes the place of the one that has done nothing for
 * longest, so that who comes is served however many are held open; only what is being answered is spared.
 */
export function boundConnections(server: Server, { total, ofAddress = total }: ConnectionBounds) {
  /** The one that was active last is at the end. */
  const open = new Map<Socket, Connection>()
  server.on('connection', (socket) => {
    const address = ipKeyGenerator(socket.remoteAddress ?? '')
    open.set(socket, { socket, address })
    socket.once('close', () => open.delete(socket))
    const ofSame = [...open.values()].filter((one) => one.address === address)
    if (ofSame.length > ofAddress) drop(ofSame, socket)
    else if (open.size > total) drop([...open.values()], socket)
  })
  server.on('request', (request, response) => {
    const connection = open.get(request.socket)
    if (!connection) return
    connection.request = request
    response.once('close', () => {
      if (connection.request === request) connection.request = undefined
      if (open.delete(connection.socket) && !connection.socket.destroyed) open.set(connection.socket, connection)
    })
  })
  // For who asks and never reads the answer.
  server.setTimeout(120_000)

  function drop(connections: readonly Connection[], newest: Socket): void {
    const idle = connections.find(({ request }) => !request?.complete)?.socket ?? newest
    open.delete(idle)
    idle.destroy()
  }

  /** Whether anything is being asked or answered. */
  return { isBusy: () => open.values().some(({ request }) => request !== undefined) }
}

/** Half of the files that this process may open, where the system tells; the rest is for the store and what is asked. */
export function mostConnections(limits = systemLimits()): number {
  const [, files = 'unknown'] = /^Max open files +(\d+)/m.exec(limits) ?? []
  return Math.min(1_000, Math.floor(Number(files) / 2) || 1_000)
}

function systemLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}

/**
 * Keeps the bodies that pass here within so many bytes, all together, until their requests are answered. Past that the
 * oldest that is not all there is cut off: what is sent to be answered arrives at once.
 */
export function boundBodies(most: number): RequestHandler {
  const held = new Map<Request, number>()
  let total = 0
  const forget = (request: Request): void => {
    total -= held.get(request) ?? 0
    held.delete(request)
  }
  return (request, response, next) => {
    held.set(request, 0)
    request.on('data', ({ length }: Buffer) => {
      const before = held.get(request)
      if (before === undefined) return
      held.set(request, before + length)
      total += length
      if (total <= most) return
      for (const oldest of [...held.keys().filter(({ complete }) => !complete), request]) {
        if (total <= most) return
        forget(oldest)
        oldest.socket.destroy()
      }
    })
    response.once('close', () => forget(request))
    next()
  }
}
