import { TurnedAwayError } from '../errors.ts'
import { toWall, type Clock } from './sliding-window.ts'

/** A request, and how it may wait. */
export interface LimitedRequest<T> {
  /** Makes the request; the signal is aborted when nobody waits for its result any more. */
  work(signal: AbortSignal): Promise<T>
  /** Nobody waits in front of a screen for it. */
  readonly background: boolean
  /** Requests of the same key are one request, as long as it is queued or under way. */
  readonly key?: string | undefined
  readonly signal?: AbortSignal | undefined
  /** Called when it has to wait for more than a second, with the time until when, since the epoch. */
  waits?(until: number): void
}

/** A request that is queued or under way, and who waits for it. */
export interface QueuedRequest {
  readonly key: string | undefined
  readonly work: (signal: AbortSignal) => Promise<unknown>
  readonly end: AbortController
  readonly waiters: Set<Waiter>
  /** How many of the waiters are people. */
  people: number
}

interface Waiter {
  readonly request: QueuedRequest
  readonly kind: Kind
  readonly deadline: number
  readonly waits: ((until: number) => void) | undefined
  resolve(value: unknown): void
  reject(reason: unknown): void
}

/** What a person waits for, and what nobody waits for. */
export type Kind = 'interactive' | 'background'
export const kinds = ['interactive', 'background'] as const

/** Why a request cannot go out now, and until when by the limiter's own clock. */
export interface Wait {
  readonly until: number
  readonly reason: 'rate' | 'quota'
}

export type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** Requests that wait for their turn, interactive ones first; the same ones are shared. */
export interface RequestQueue {
  /** The result, once it is settled. Rejects with TurnedAwayError when the wait is too long. */
  join<T>(request: LimitedRequest<T>): Promise<T>
  /** The next request to go out: it is interactive as soon as a person waits for it. */
  first(): { readonly request: QueuedRequest; readonly kind: Kind } | undefined
  /** Takes a request out of the queue: it goes out. */
  begin(request: QueuedRequest): void
  settle(request: QueuedRequest, outcome: Outcome): void
  /** Ends the waiting of those of a kind who would wait for too long, and tells the others until when. */
  turnAway(kind: Kind, wait: Wait): void
  /** How many requests are queued. */
  count(): Readonly<Record<Kind, number>>
  /** When the first of those who wait has waited for too long. */
  deadline(): number
}

/** How long a request may wait before it goes out, in milliseconds. */
export const patience = { interactive: 2_000, background: 60_000 }

const second = 1_000

/** However many wait, joining, `first`, `count` and `deadline` take the same time. */
export function createRequestQueue(clock: Clock): RequestQueue {
  const { now } = clock
  const lanes = { interactive: createLane(), background: createLane() }
  const shared = new Map<string, QueuedRequest>()

  return {
    async join<T>({ work, background, key, signal, waits }: LimitedRequest<T>) {
      signal?.throwIfAborted()
      const kind = background ? 'background' : 'interactive'
      const known = key === undefined ? undefined : shared.get(key)
      const request = known ?? { key, work, end: new AbortController(), waiters: new Set(), people: 0 }
      const { promise, resolve, reject } = Promise.withResolvers<unknown>()
      const waiter: Waiter = { request, kind, deadline: now() + patience[kind], waits, resolve, reject }
      const isQueued = !known || laneOf(request).requests.has(request)
      request.waiters.add(waiter)
      if (!background) request.people += 1
      if (isQueued) {
        place(request)
        lanes[kind].waiters.add(waiter)
        lanes[kind].untold.add(waiter)
      }
      if (!known && key !== undefined) shared.set(key, request)
      const cancel = (): void => leave(waiter, signal?.reason)
      signal?.addEventListener('abort', cancel, { once: true })
      try {
        return (await promise) as T
      } finally {
        signal?.removeEventListener('abort', cancel)
      }
    },
    first() {
      for (const kind of kinds) for (const request of lanes[kind].requests) return { request, kind }
      return undefined
    },
    begin: remove,
    settle(request, outcome) {
      forget(request)
      for (const { resolve, reject } of request.waiters) {
        if ('error' in outcome) reject(outcome.error)
        else resolve(outcome.value)
      }
      // What the map's old tables still point to would keep the results in memory for long.
      request.waiters.clear()
    },
    turnAway(kind, { until, reason }) {
      const lane = lanes[kind]
      // They all had the same time when they came, so the first deadlines come first.
      for (const waiter of lane.waiters) {
        if (until <= waiter.deadline && now() < waiter.deadline) break
        leave(waiter, new TurnedAwayError(toWall(Math.max(until, now() + second), clock), reason))
      }
      if (until <= now() + second) return
      const isNews = Math.abs(until - lane.toldUntil) >= second
      for (const { waits } of isNews ? lane.waiters : lane.untold) waits?.(toWall(until, clock))
      lane.untold.clear()
      if (isNews) lane.toldUntil = until
    },
    count: () => ({ interactive: lanes.interactive.requests.size, background: lanes.background.requests.size }),
    deadline() {
      const firsts = kinds.flatMap((kind) => lanes[kind].waiters.values().next().value ?? [])
      return Math.min(...firsts.map(({ deadline }) => deadline))
    },
  }

  function laneOf({ people }: QueuedRequest): Lane {
    return lanes[people > 0 ? 'interactive' : 'background']
  }

  /** Where it belongs, which changes with those who wait for it. */
  function place(request: QueuedRequest): void {
    const lane = laneOf(request)
    for (const kind of kinds) if (lanes[kind] !== lane) lanes[kind].requests.delete(request)
    lane.requests.add(request)
  }

  function leave(waiter: Waiter, reason: unknown): void {
    const { request, kind } = waiter
    const isQueued = laneOf(request).requests.has(request)
    if (!request.waiters.delete(waiter)) return
    lanes[kind].waiters.delete(waiter)
    lanes[kind].untold.delete(waiter)
    if (kind === 'interactive') request.people -= 1
    waiter.reject(reason)
    if (request.waiters.size > 0) {
      if (isQueued) place(request)
      return
    }
    forget(request)
    request.end.abort(reason)
  }

  function remove(request: QueuedRequest): void {
    for (const kind of kinds) lanes[kind].requests.delete(request)
    for (const waiter of request.waiters) {
      lanes[waiter.kind].waiters.delete(waiter)
      lanes[waiter.kind].untold.delete(waiter)
    }
  }

  function forget(request: QueuedRequest): void {
    remove(request)
    if (request.key !== undefined && shared.get(request.key) === request) shared.delete(request.key)
  }
}

/** What waits of one kind, in the order in which it came. */
interface Lane {
  readonly requests: Set<QueuedRequest>
  /** Of requests that are queued. */
  readonly waiters: Set<Waiter>
  /** Those of them who came since the others were told until when. */
  readonly untold: Set<Waiter>
  toldUntil: number
}

function createLane(): Lane {
  return { requests: new Set(), waiters: new Set(), untold: new Set(), toldUntil: -Infinity }
}
