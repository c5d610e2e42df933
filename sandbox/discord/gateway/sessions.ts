import { randomBytes } from 'node:crypto'
import type { World } from '../state/world.ts'

/** A bot at the other end. */
type Connection = { send(frame: string): void; close(code?: number): void }

export interface Session {
  readonly id: string
  readonly shard: readonly [id: number, count: number]
  /** Undefined while the bot is away and may resume. */
  socket: Connection | undefined
  sequence: number
  /** Newest last, for a resume. */
  readonly events: { readonly s: number; readonly frame: string }[]
}

export function gatewayUrl({ origin }: World): string {
  return `${origin.replace('http:', 'ws:')}/gateway`
}

export function openSession(world: World, socket: Connection, shard: Session['shard']): Session {
  for (const old of world.sessions) if (!old.socket && world.sessions.size >= 50) world.sessions.delete(old)
  const session: Session = { id: randomBytes(16).toString('hex'), shard, socket, sequence: 0, events: [] }
  world.sessions.add(session)
  return session
}

export function isOnline(world: World): boolean {
  return [...world.sessions].some(({ socket }) => socket !== undefined)
}

/** Sends an event to the shards of the sandbox's guild; those that are away get it when they resume. */
export function publish(world: World, type: string, data: unknown): void {
  for (const session of world.sessions) {
    const [id, count] = session.shard
    if (Number((BigInt(world.guild.id) >> 22n) % BigInt(count)) === id) emit(session, type, data)
  }
}

export function emit(session: Session, type: string, data: unknown): void {
  const s = ++session.sequence
  const frame = JSON.stringify({ op: 0, t: type, s, d: data })
  session.events.push({ s, frame })
  if (session.events.length > 500) session.events.shift()
  session.socket?.send(frame)
}

export function replay(session: Session, after: number): void {
  for (const { s, frame } of session.events) if (s > after) session.socket?.send(frame)
}
