import { addAbortListener } from 'node:events'
import { TurnedAwayError } from '../errors.ts'
import { toWall, type Clock } from './sliding-window.ts'

/** A request, and how it may wait. */
export interface LimitedRequest<T> {
  /** Makes the request; the signal is aborted when nobody waits for its result any more. */
  work(signal: AbortSignal): Promise<T>
  /** Nobody waits in front of a screen for it. */
  readonly background: boolean
  /** What it counts as. */
  readonly purpose: Purpose
  /** Called as it goes out; what it throws is the result then, unless others wait for it too: it goes out for them. */
  readonly admit?: (() => void) | undefined
  /** Requests of the same key are one request, as long as it is queued or under way. */
  readonly key?: string | symbol | undefined
  readonly signal?: AbortSignal | undefined
  /** Called when it has to wait for more than a second, with the time until when, since the epoch. */
  waits?(until: number): void
}

/** A request that is queued or under way, and who waits for it. */
export type QueuedRequest = ReturnType<typeof createRequest>

interface Waiter extends Pick<PromiseWithResolvers<unknown>, 'resolve' | 'reject'> {
  readonly request: QueuedRequest
  readonly kind: Kind
  readonly deadline: number
  readonly waits: ((until: number) => void) | undefined
  readonly admit: (() => void) | undefined
}

/** What a person waits for, and what nobody waits for. */
export type Kind = 'interactive' | 'background'
export const kinds = ['interactive', 'background'] as const

export const purposes = ['page', 'library', 'roundup', 'account'] as const
/** What a request is for: `library` are whole readings and their updates. */
export type Purpose = (typeof purposes)[number]

/** Why a request cannot go out now. */
export interface Wait {
  /** "rate" takes seconds, "quota" hours. */
  readonly reason: 'rate' | 'quota'
  /** Until when as far as is known, by the limiter's own clock. */
  readonly until: number
  /** When to look again. */
  readonly checkAt: number
}

/** How long a request may wait before it goes out, in milliseconds. */
export const patience = { interactive: 2_000, background: 60_000 }

const second = 1_000

/**
 * Requests that wait for their turn, interactive ones first; the same ones are shared. However many wait, `join`,
 * `first`, `count` and `deadline` take the same time.
 */
export function createRequestQueue(clock: Clock) {
  const { now } = clock
  const lanes = { interactive: createLane(), background: createLane() }
  const shared = new Map<string | symbol, QueuedRequest>()

  return { join, first, begin, admit, settle, turnAway, count, deadline }

  /** The result, once it is settled. Rejects with TurnedAwayError when the wait is too long. */
  async function join<T>(asked: LimitedRequest<T>): Promise<T> {
    const { background, key = Symbol('own'), signal, waits, admit } = asked
    signal?.throwIfAborted()
    const kind = background ? 'background' : 'interactive'
    const request = shared.get(key) ?? createRequest(key, asked)
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    const waiter: Waiter = { request, kind, deadline: now() + patience[kind], waits, admit, resolve, reject }
    shared.set(key, request)
    request.waiters.add(waiter)
    if (!background) request.interactive += 1
    if (request.isQueued) {
      place(request)
      lanes[kind].waiters.add(waiter)
      lanes[kind].untold.add(waiter)
    }
    using _listener = signal && addAbortListener(signal, () => leave(waiter, signal.reason))
    return (await promise) as T
  }

  /** The next request to go out: it is interactive as soon as a person waits for it. */
  function first(): { readonly request: QueuedRequest; readonly kind: Kind } | undefined {
    for (const kind of kinds) for (const request of lanes[kind].requests) return { request, kind }
    return undefined
  }

  /** Takes a request out of the queue: it goes out. */
  function begin(request: QueuedRequest): void {
    request.isQueued = false
    for (const kind of kinds) lanes[kind].requests.delete(request)
    for (const waiter of request.waiters) dequeue(waiter)
  }

  /** Asks those who decide whether it goes out for them; false where nobody is left who waits for it. */
  function admit({ waiters }: QueuedRequest): boolean {
    const refused = [...waiters].flatMap((waiter) => {
      try {
        waiter.admit?.()
        return []
      } catch (reason) {
        return { waiter, reason }
      }
    })
    // It costs them nothing where it goes out for others.
    if (refused.length < waiters.size) return true
    for (const { waiter, reason } of refused) leave(waiter, reason)
    return false
  }

  function settle(request: QueuedRequest, result: PromiseSettledResult<unknown>): void {
    forget(request)
    for (const { resolve, reject } of request.waiters) {
      if (result.status === 'rejected') reject(result.reason)
      else resolve(result.value)
    }
    // What the map's old tables still point to would keep the results in memory for long.
    request.waiters.clear()
  }

  /** Ends the waiting of those of a kind who would wait for too long, and tells the others until when. */
  function turnAway(kind: Kind, { until, reason }: Wait): void {
    const lane = lanes[kind]
    // One for all of them: thousands of stack traces would take a tenth of a second.
    let error: TurnedAwayError | undefined
    // They all had the same time when they came, so the first deadlines come first.
    for (const waiter of lane.waiters) {
      if (until <= waiter.deadline && now() < waiter.deadline) break
      leave(waiter, (error ??= new TurnedAwayError(toWall(Math.max(until, now() + second), clock), reason)))
    }
    if (until <= now() + second) return
    const isNews = Math.abs(until - lane.toldUntil) >= second
    for (const { waits } of isNews ? lane.waiters : lane.untold) waits?.(toWall(until, clock))
    lane.untold.clear()
    if (isNews) lane.toldUntil = until
  }

  /** How many requests are queued. */
  function count(): Readonly<Record<Kind, number>> {
    return { interactive: lanes.interactive.requests.size, background: lanes.background.requests.size }
  }

  /** When the first of those who wait has waited for too long. */
  function deadline(): number {
    const firsts = kinds.flatMap((kind) => lanes[kind].waiters.values().next().value ?? [])
    return Math.min(...firsts.map(({ deadline }) => deadline))
  }

  /** Where it belongs, which changes with those who wait for it. */
  function place(request: QueuedRequest): void {
    const isInteractive = request.interactive > 0
    lanes[isInteractive ? 'background' : 'interactive'].requests.delete(request)
    lanes[isInteractive ? 'interactive' : 'background'].requests.add(request)
  }

  function leave(waiter: Waiter, reason: unknown): void {
    const { request, kind } = waiter
    if (!request.waiters.delete(waiter)) return
    dequeue(waiter)
    if (kind === 'interactive') request.interactive -= 1
    waiter.reject(reason)
    if (request.waiters.size === 0) {
      forget(request)
      request.end.abort(reason)
    } else if (request.isQueued) place(request)
  }

  function dequeue(waiter: Waiter): void {
    lanes[waiter.kind].waiters.delete(waiter)
    lanes[waiter.kind].untold.delete(waiter)
  }

  function forget(request: QueuedRequest): void {
    begin(request)
    if (shared.get(request.key) === request) shared.delete(request.key)
  }
}

/** `interactive` is how many of the waiters are people. */
function createRequest(key: string | symbol, { work, purpose }: LimitedRequest<unknown>) {
  const waiters = new Set<Waiter>()
  return { key, work, purpose, end: new AbortController(), waiters, interactive: 0, isQueued: true }
}

/** What waits of one kind, in the order in which it came. */
function createLane() {
  return {
    requests: new Set<QueuedRequest>(),
    /** Of requests that are queued. */
    waiters: new Set<Waiter>(),
    /** Those of them who came since the others were told until when. */
    untold: new Set<Waiter>(),
    toldUntil: -Infinity,
  }
}
