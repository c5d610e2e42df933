import { on } from 'node:events'
import type { Server } from 'node:http'
import type { RawData, WebSocket } from 'ws'
import { WebSocketServer } from 'ws'
import type { World } from '../state/world.ts'
import { changed } from '../state/world.ts'
import { acceptIdentify, acceptResume } from './identify.ts'
import type { Session } from './sessions.ts'

const opcode = { heartbeat: 1, identify: 2, presence: 3, resume: 6, invalidSession: 9, hello: 10, heartbeatAck: 11 }
const closed = { unknownOpcode: 4001, decodeError: 4002, notAuthenticated: 4003, alreadyAuthenticated: 4005 }

/** Codes after which Discord forgets the session, so that nobody can resume it. */
const endsSession = new Set([1000, 1001, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014])

/** Discord's gateway (JSON, no compression) on the same server as the REST API. */
export function serveGateway(world: World, server: Server): WebSocketServer {
  const gateway = new WebSocketServer({ server, path: '/gateway' })
  gateway.on('connection', (socket) => connect(world, socket))
  return gateway
}

/** Closes every connection with this code, or only that of one shard, and forgets the sessions where Discord would. */
export function disconnect({ sessions, shards }: World, gateway: WebSocketServer, code: number, shard?: number): void {
  if (shard !== undefined) return shards.get(shard)?.close(code)
  if (endsSession.has(code)) sessions.clear()
  for (const socket of gateway.clients) socket.close(code)
}

/** Asks a shard for a heartbeat, which comes when it has taken in all that it has been sent. */
export async function heartbeatOf({ shards }: World, shard: number): Promise<void> {
  const socket = shards.get(shard)
  if (!socket) throw new Error(`Shard ${shard} has not connected yet.`)
  const heartbeats = on(socket, 'message')
  socket.send(JSON.stringify({ op: opcode.heartbeat }))
  for await (const [data] of heartbeats) if (decode(data)?.op === opcode.heartbeat) return
}

function connect(world: World, socket: WebSocket): void {
  if (world.gatewayAway) {
    world.turnedAway += 1
    return socket.terminate()
  }
  let session: Session | undefined
  socket.send(JSON.stringify({ op: opcode.hello, s: null, t: null, d: { heartbeat_interval: 41_250 } }))
  socket.on('message', (data) => {
    const frame = decode(data)
    if (!frame) return socket.close(closed.decodeError)
    if (frame.op === opcode.heartbeat) return socket.send(JSON.stringify({ op: opcode.heartbeatAck }))
    if (frame.op === opcode.identify || frame.op === opcode.resume) {
      if (session) return socket.close(closed.alreadyAuthenticated)
      const shard = shardOf(world, frame.d)
      world.shards.set(shard, socket)
      world.identified.push(shard)
      const admission = world.admitShard(shard)
      if (admission === 'silence') return
      if (admission !== 'session') return socket.close(admission)
      session =
        frame.op === opcode.identify ? acceptIdentify(world, socket, frame.d) : acceptResume(world, socket, frame.d)
      return changed(world)
    }
    if (!session) return socket.close(closed.notAuthenticated)
    if (frame.op !== opcode.presence) socket.close(closed.unknownOpcode)
  })
  socket.on('error', () => socket.terminate())
  socket.on('close', (code) => {
    if (session?.socket === socket) session.socket = undefined
    if (session && endsSession.has(code)) world.sessions.delete(session)
    changed(world)
  })
}

/** The shard that identifies itself, or whose session is to be resumed. */
function shardOf({ sessions }: World, body: unknown): number {
  const { shard, session_id } = (body ?? {}) as { shard?: readonly number[]; session_id?: string }
  return shard?.[0] ?? [...sessions].find(({ id }) => id === session_id)?.shard[0] ?? 0
}

function decode(data: RawData): { op: number; d: unknown } | undefined {
  try {
    const frame: unknown = JSON.parse((data as Buffer).toString())
    if (typeof frame !== 'object' || frame === null || !('op' in frame) || typeof frame.op !== 'number')
      return undefined
    return { op: frame.op, d: 'd' in frame ? frame.d : undefined }
  } catch {
    return undefined
  }
}
