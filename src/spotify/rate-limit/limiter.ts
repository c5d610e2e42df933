import type { Config } from '../../config.ts'
import type { Store } from '../../store/store.ts'
import { RateLimitedError } from '../errors.ts'
import { createDayCounter } from './day-usage.ts'
import { createSharedQuota } from './quota.ts'
import { createRequestQueue, kinds, type Kind, type LimitedRequest, type QueuedRequest, type Wait } from './queue.ts'
import { createReadingBudget } from './reading-budget.ts'
import { createBlock } from './retry-after.ts'
import { createSlidingWindow, fromWall, systemClock, type Clock } from './sliding-window.ts'

/** Where the limiters of all processes share what they know. */
export type LimiterStore = Pick<Store, 'get' | 'set' | 'meter'>

/** What the operator knows of the app. */
export type Limits = Partial<Pick<Config['spotify'], 'windowRequests' | 'dailyRequests'>>

/** Where no limit is known, few background requests at once, so that few are refused before the block stops them. */
const mostAtOnce = 8

export type RateLimiter = ReturnType<typeof createRateLimiter>

/**
 * Every request of one Spotify app passes it; it keeps the limits together with those of the other processes.
 * @param key which app, in the store
 * @param span the length of Spotify's rolling window, in milliseconds
 */
export function createRateLimiter(
  store: LimiterStore,
  key: string,
  { windowRequests, dailyRequests }: Limits = {},
  span = 30_000,
  clock: Clock = systemClock,
) {
  const { now } = clock
  const block = createBlock(store, key, clock)
  const queue = createRequestQueue(clock)
  const recentInteractive = createSlidingWindow(span, span / 100)
  const window =
    windowRequests === undefined
      ? undefined
      : createSharedQuota(
          {
            reason: 'rate',
            limit: windowRequests,
            span,
            bucket: span / 100,
            reportEvery: span / 30,
            heldFor: span * 1.5,
            // As much of the window as people have used of it lately, within bounds: else it would lie idle.
            reserve: (limit) => Math.min(recentInteractive.count(now()), Math.floor(limit / 12)),
          },
          (entry) => store.meter(`window:${key}`, entry),
          clock,
          advance,
        )
  const day = createDayCounter(store, key, dailyRequests, clock, advance)
  const readings = createReadingBudget(store, key, day, clock)
  const daily = dailyRequests === undefined ? undefined : day.total
  const limits = [daily, window].filter((limit) => limit !== undefined)
  let inFlight = 0
  let cancelTimer = (): void => undefined

  return {
    run,
    checkBlocked,
    /** Remembers what Spotify has answered to a request that it does not count. */
    recordBlock: block.set,
    /** For a reading of a whole library, to keep within what is left of the day. */
    startReading: readings.start,
    /** Tells the store what it has not been told of. */
    flush: async () => void (await Promise.all([day.flush(), readings.flush()])),
    /** Of 24 hours, as all processes knew it `age` milliseconds ago; undefined where the store does not answer. */
    usage: async (age?: number) => ((await day.refresh(age)) ? day.state() : undefined),
    /** `window` and `day` are undefined where the operator has set no limit; `waiting` is how many are queued. */
    state: () => ({ blocked: block.current(), window: window?.state(), day: daily?.state(), waiting: queue.count() }),
  }

  /**
   * Makes the request when its turn has come. Rejects with TurnedAwayError, without a request, when that would take
   * longer than `patience`; and as the request itself does.
   */
  async function run<T>(request: LimitedRequest<T>): Promise<T> {
    if (!request.background) recentInteractive.add(now())
    await block.refresh()
    const result = queue.join(request)
    advance()
    return result
  }

  /** For requests that Spotify does not count: rejects with RateLimitedError while it asks to wait. */
  async function checkBlocked(): Promise<void> {
    const blocked = await block.refresh()
    if (blocked) throw new RateLimitedError(blocked.until, blocked.reason)
  }

  /** Sends what may go out, turns away what would wait for too long, and comes back when that may change. */
  function advance(): void {
    cancelTimer()
    for (let next = queue.first(); next && !waitOf(next.kind); next = queue.first()) void send(next.request)
    if (!queue.first()) return
    if (!block.current()) for (const limit of limits) limit.requestRoom(queue.count())
    const checks = kinds.flatMap((kind) => {
      const wait = waitOf(kind)
      if (wait) queue.turnAway(kind, wait)
      // What kept the first one waiting may have ended since it was looked at.
      return queue.count()[kind] > 0 ? (wait?.checkAt ?? now()) : []
    })
    if (checks.length > 0) cancelTimer = clock.after(Math.min(...checks, queue.deadline()) - now(), advance)
  }

  function waitOf(kind: Kind): Wait | undefined {
    const blocked = block.current()
    if (blocked) {
      const until = fromWall(blocked.until, clock)
      return { reason: blocked.reason, until, checkAt: until }
    }
    const wait = daily?.waitOf(kind) ?? window?.waitOf(kind)
    if (wait || window || kind === 'interactive' || inFlight < mostAtOnce) return wait
    // There is room as soon as a request ends.
    return { reason: 'rate', until: -Infinity, checkAt: Infinity }
  }

  async function send(request: QueuedRequest): Promise<void> {
    queue.begin(request)
    if (!queue.admit(request)) return
    inFlight += 1
    day.take(request.purpose)
    window?.take()
    const [result] = await Promise.allSettled([request.work(request.end.signal)])
    inFlight -= 1
    const limited =
      result.status === 'rejected' && result.reason instanceof RateLimitedError ? result.reason : undefined
    day.release(request.purpose, result)
    window?.release()
    if (limited) await block.set(limited)
    queue.settle(request, result)
    advance()
  }
}
