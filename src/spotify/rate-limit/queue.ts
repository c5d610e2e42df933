import { TurnedAwayError } from '../errors.ts'
import { toWall, type Clock } from './sliding-window.ts'

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
  /** How many of them a person waits for. */
  interactive: number
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

/** Joining, and what is asked at every arrival, takes the same time however many wait. */
export function createRequestQueue(clock: Clock): RequestQueue {
  const { now } = clock
  const interactive = createLane()
  const background = createLane()
  const shared = new Map<string, QueuedRequest>()
  const laneOf = (request: QueuedRequest): Lane => (request.interactive > 0 ? interactive : background)

  return {
    async join<T>(wish: LimitedRequest<T>) {
      const { signal, background: isBackground, waits } = wish
      signal?.throwIfAborted()
      const request = (wish.key !== undefined && shared.get(wish.key)) || open(wish)
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const deadline = now() + (isBackground ? patience.background : patience.people)
      const waiter: Waiter = { background: isBackground, deadline, waits, resolve, reject }
      const isWaiting = background.waiting.delete(request) || interactive.waiting.delete(request)
      request.waiters.add(waiter)
      if (!isBackground) request.interactive += 1
      if (isWaiting) laneOf(request).waiting.add(request)
      laneOf(request).untold.add(request)
      const leaves = (): void => leave(request, waiter, signal?.reason)
      signal?.addEventListener('abort', leaves, { once: true })
      try {
        return (await promise) as T
      } finally {
        signal?.removeEventListener('abort', leaves)
      }
    },
    first() {
      const [person] = interactive.waiting
      if (person) return { ticket: person, background: false }
      const [other] = background.waiting
      return other && { ticket: other, background: true }
    },
    begin: remove,
    settle(request, outcome) {
      forget(request)
      for (const { resolve, reject } of request.waiters) {
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      }
      // What the map's old tables still point to would keep the answers in memory for long.
      request.waiters.clear()
    },
    turnAway(isBackground, { until, reason }) {
      const lane = isBackground ? background : interactive
      const isOver = ({ deadline }: Waiter): boolean => until > deadline || now() >= deadline
      const sendAway = (request: QueuedRequest, waiter: Waiter): void =>
        leave(request, waiter, new TurnedAwayError(toWall(Math.max(until, now() + moment), clock), reason))
      // Who has been told of this wait already need not be looked at again.
      const told = Math.abs(until - lane.toldUntil) > moment ? [...lane.waiting] : [...lane.untold]
      lane.untold.clear()
      lane.toldUntil = until
      for (const request of told) {
        for (const waiter of lane.waiting.has(request) ? request.waiters : []) {
          if (isOver(waiter)) sendAway(request, waiter)
          else if (until > now() + moment) waiter.waits?.(toWall(until, clock))
        }
      }
      // They wait in the order of their deadlines.
      for (const request of lane.waiting) {
        const late = [...request.waiters].filter(isOver)
        if (late.length === 0) break
        for (const waiter of late) sendAway(request, waiter)
      }
    },
    count: () => ({ people: interactive.waiting.size, background: background.waiting.size }),
    deadline: () =>
      Math.min(
        ...[interactive, background].flatMap(({ waiting }) => {
          const [first] = waiting
          return first ? [...first.waiters].map(({ deadline }) => deadline) : []
        }),
      ),
  }

  function open({ key, work }: LimitedRequest<unknown>): QueuedRequest {
    const request: QueuedRequest = { key, work, end: new AbortController(), waiters: new Set(), interactive: 0 }
    background.waiting.add(request)
    if (key !== undefined) shared.set(key, request)
    return request
  }

  function leave(request: QueuedRequest, waiter: Waiter, reason: unknown): void {
    const lane = laneOf(request)
    if (!request.waiters.delete(waiter)) return
    if (!waiter.background) request.interactive -= 1
    if (laneOf(request) !== lane && lane.waiting.delete(request)) laneOf(request).waiting.add(request)
    waiter.reject(reason)
    if (request.waiters.size > 0) return
    forget(request)
    request.end.abort(reason)
  }

  function remove(request: QueuedRequest): void {
    for (const { waiting, untold } of [interactive, background]) {
      waiting.delete(request)
      untold.delete(request)
    }
  }

  function forget(request: QueuedRequest): void {
    remove(request)
    if (request.key !== undefined && shared.get(request.key) === request) shared.delete(request.key)
  }
}

/** Those of a kind who wait, first come, first served. */
interface Lane {
  readonly waiting: Set<QueuedRequest>
  /** Who has come since the others were told how long it takes, and until when they were told. */
  readonly untold: Set<QueuedRequest>
  toldUntil: number
}

function createLane(): Lane {
  return { waiting: new Set(), untold: new Set(), toldUntil: -Infinity }
}
