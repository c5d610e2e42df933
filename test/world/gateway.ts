import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer, type WebSocket } from 'ws'

/** A Discord that is nothing but a gateway with moods; it takes any commands. */
export interface Gateway {
  /** For DISCORD_API_URL. */
  readonly apiUrl: string
  /** The shards that have asked to begin or go on, in that order. */
  readonly asked: number[]
  /** Resolves when a shard has taken in all that it has been sent. */
  answers(shard: number): Promise<void>
  /** Cuts a shard's connection, as after a restart of Discord's. */
  drop(shard: number): void
  /** Reads nothing more, not even that somebody leaves. */
  freeze(): void
  close(): Promise<void>
}

/** `mood` decides what a shard gets that asks: its session, nothing at all, or a close code. */
export async function startGateway(mood: (shard: number) => 'session' | 'silence' | number): Promise<Gateway> {
  const server = createServer((request, response) => {
    const sessions = { total: 1000, remaining: 1000, reset_after: 0, max_concurrency: 16 }
    const information = { url: origin.replace('http', 'ws'), shards: 1, session_start_limit: sessions }
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(request.method === 'GET' ? information : []))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const sockets = new Map<number, WebSocket>()
  const asked: number[] = []
  const beats = new Map<WebSocket, (() => void)[]>()
  const sessions = new WebSocketServer({ server })
  sessions.on('connection', (socket) => {
    send(socket, 10, { heartbeat_interval: 41_250 })
    socket.on('message', (data) => {
      const { op, d } = JSON.parse((data as Buffer).toString()) as { op: number; d: Asking }
      if (op === 1) for (const heard of beats.get(socket)?.splice(0) ?? []) heard()
      if (op !== 2 && op !== 6) return
      const shard = d.shard?.[0] ?? Number(d.session_id ?? 0)
      const answer = mood(shard)
      sockets.set(shard, socket)
      asked.push(shard)
      if (typeof answer === 'number') socket.close(answer)
      else if (answer === 'session')
        send(socket, 0, op === 2 ? ready(origin, shard) : {}, op === 2 ? 'READY' : 'RESUMED')
    })
  })
  return {
    apiUrl: origin,
    asked,
    answers(shard) {
      const socket = sockets.get(shard)
      if (!socket) throw new Error(`Shard ${shard} has not asked for anything yet.`)
      return new Promise((resolve) => {
        beats.set(socket, [...(beats.get(socket) ?? []), resolve])
        // Asked for a heartbeat, which it sends at once.
        send(socket, 1, {})
      })
    },
    drop: (shard) => sockets.get(shard)?.close(4000),
    freeze() {
      for (const socket of sessions.clients) socket.pause()
    },
    async close() {
      for (const socket of sessions.clients) socket.terminate()
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

interface Asking {
  readonly shard?: readonly [number, number]
  readonly session_id?: string
}

function ready(origin: string, shard: number): object {
  const user = { id: '123456789012345678', username: 'hearsay', discriminator: '0', avatar: null }
  const application = { id: user.id, flags: 0 }
  return {
    v: 10,
    user,
    application,
    guilds: [],
    session_id: String(shard),
    resume_gateway_url: origin.replace('http', 'ws'),
  }
}

function send(socket: WebSocket, op: number, d: object, t: string | null = null): void {
  socket.send(JSON.stringify({ op, d, t, s: t && 1 }))
}
