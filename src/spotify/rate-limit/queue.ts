import { TurnedAwayError } from '../errors.ts'
import { toWall, type Clock } from './clock.ts'

/** A request that somebody wants to make. */
export interface LimitedRequest<T> {
  /** Makes the request; the signal is aborted when nobody waits for its answer any more. */
  work(signal: AbortSignal): Promise<T>
  /** Nobody waits in front of a screen for it. */
  readonly background: boolean
  /** Requests of the same key are one request, as long as it is waiting or under way. */
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called when it has to wait for more than a moment, with the time until when, since the epoch. */
  waits?(until: number): void
}

/** A request that waits for its turn or is under way, and who waits for it. */
export interface QueuedRequest {
  readonly key: string | undefined
  readonly work: (signal: AbortSignal) => Promise<unknown>
  readonly end: AbortController
  readonly waiters: Set<Waiter>
}

interface Waiter {
  readonly background: boolean
  readonly deadline: number
  readonly waits: ((until: number) => void) | undefined
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/** Why there is no going on, and until when by the gate's own clock. */
export interface Wait {
  readonly until: number
  readonly reason: 'rate' | 'quota'
}

export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Who waits to ask, and who shares what is under way. People come before background work. */
export interface RequestQueue {
  /** The answer, once it is settled. Rejects with TurnedAwayError when the wait is too long. */
  join<T>(wish: LimitedRequest<T>): Promise<T>
  /** Whose turn it is; a ticket is background work while nobody else waits for it. */
  first(): { readonly ticket: QueuedRequest; readonly background: boolean } | undefined
  /** Takes a ticket out of the line: its request goes out. */
  begin(ticket: QueuedRequest): void
  settle(ticket: QueuedRequest, outcome: Outcome): void
  /** Ends the waiting of those of a kind who cannot be served in time, and tells the others. */
  turnAway(background: boolean, wait: Wait): void
  count(): { readonly people: number; readonly background: number }
  /** When the first of them has waited for too long. */
  deadline(): number
}

/** How long a request may wait before it goes out, in milliseconds. */
export const patience = { people: 2_000, background: 60_000 }

const moment = 1_000

export function createRequestQueue(clock: Clock): RequestQueue {
  const { now } = clock
  const waiting = new Set<QueuedRequest>()
  const shared = new Map<string, QueuedRequest>()

  return {
    async join<T>(wish: LimitedRequest<T>) {
      const { signal, background, waits } = wish
      signal?.throwIfAborted()
      const ticket = (wish.key !== undefined && shared.get(wish.key)) || open(wish)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const deadline = now() + (background ? patience.background : patience.people)
      const waiter = { background, deadline, waits, resolve, reject }
      ticket.waiters.add(waiter)
      const leaves = (): void => leave(ticket, waiter, signal?.reason)
      signal?.addEventListener('abort', leaves, { once: true })
      try {
        return (await promise) as T
      } finally {
        signal?.removeEventListener('abort', leaves)
      }
    },
    first() {
      const [oldest] = waiting
      const ticket = [...waiting].find((one) => !isBackground(one)) ?? oldest
      return ticket && { ticket, background: isBackground(ticket) }
    },
    begin: (ticket) => void waiting.delete(ticket),
    settle(ticket, outcome) {
      forget(ticket)
      for (const { resolve, reject } of ticket.waiters) {
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      }
      // What the map's old tables still point to would keep the answers in memory for long.
      ticket.waiters.clear()
    },
    turnAway(background, { until, reason }) {
      for (const ticket of waiting) {
        if (isBackground(ticket) !== background) continue
        for (const waiter of ticket.waiters) {
          if (until > waiter.deadline || now() >= waiter.deadline)
            leave(ticket, waiter, new TurnedAwayError(toWall(Math.max(until, now() + moment), clock), reason))
          else if (until > now() + moment) waiter.waits?.(toWall(until, clock))
        }
      }
    },
    count() {
      const background = [...waiting].filter(isBackground).length
      return { people: waiting.size - background, background }
    },
    deadline: () => Math.min(...[...waiting].flatMap(({ waiters }) => [...waiters].map(({ deadline }) => deadline))),
  }

  function open({ key, work }: LimitedRequest<unknown>): QueuedRequest {
    const ticket: QueuedRequest = { key, work, end: new AbortController(), waiters: new Set() }
    waiting.add(ticket)
    if (key !== undefined) shared.set(key, ticket)
    return ticket
  }

  function leave(ticket: QueuedRequest, waiter: Waiter, reason: unknown): void {
    ticket.waiters.delete(waiter)
    waiter.reject(reason)
    if (ticket.waiters.size > 0) return
    forget(ticket)
    ticket.end.abort(reason)
  }

  function forget(ticket: QueuedRequest): void {
    waiting.delete(ticket)
    if (ticket.key !== undefined && shared.get(ticket.key) === ticket) shared.delete(ticket.key)
  }
}

function isBackground({ waiters }: QueuedRequest): boolean {
  return [...waiters].every(({ background }) => background)
}
