import { RateLimitedError } from '../errors.ts'
import { createSharedQuota, type Meter, type LimitState, type RequestLimit } from './quota.ts'
import { createBlock, type RateLimitBlock, type BlockStore } from './retry-after.ts'
import { createSlidingWindow, fromWall, systemClock, type Clock } from './sliding-window.ts'
import { createRequestQueue, type LimitedRequest, type Outcome, type QueuedRequest, type Wait } from './queue.ts'

/** Stands before every request of one Spotify app, together with the gates of the other processes. */
export interface RateLimiter {
  /**
   * Makes the request when its turn has come. Rejects with RateLimitedError, without a request, when that would
   * take longer than anybody likes to wait; and as the request itself does.
   */
  run<T>(wish: LimitedRequest<T>): Promise<T>
  /** For requests that Spotify does not count: rejects with RateLimitedError while it asks to wait. */
  checkBlocked(): Promise<void>
  /** Remembers what Spotify has answered to one of those. */
  recordBlock(block: RateLimitBlock): Promise<void>
  state(): LimiterState
}

/** How things stand, for whoever watches. */
export interface LimiterState {
  readonly blocked: RateLimitBlock | undefined
  readonly window: LimitState
  /** Undefined where the operator has set no daily limit. */
  readonly day: LimitState | undefined
  readonly waiting: { readonly people: number; readonly background: number }
}

/** What the gates of one app share. */
export interface LimiterStore extends BlockStore {
  meter(name: 'window' | 'day', entry: Parameters<Meter>[0]): ReturnType<Meter>
}

/** What the operator knows of the app; where that is nothing, the gate finds a limit by itself. */
export interface Limits {
  readonly windowRequests?: number | undefined
  readonly dailyRequests?: number | undefined
}

/** Spotify's rolling window, in milliseconds. */
const documentedWindow = 30_000
const day = 24 * 60 * 60_000
const second = 1000
/** Background requests at once where no limit is known. */
const mostAtOnce = 8

export function createRateLimiter(
  memory: LimiterStore,
  { windowRequests, dailyRequests }: Limits = {},
  span = documentedWindow,
  clock: Clock = systemClock,
): RateLimiter {
  const { now } = clock
  const block = createBlock(memory, clock)
  const line = createRequestQueue(clock)
  const peopleAsked = createSlidingWindow(span, span / 100)
  const window = windowRequests === undefined ? unlimited() : rolling(windowRequests)
  const budget = dailyRequests === undefined ? undefined : daily(dailyRequests)
  const paces = budget ? [budget, window] : [window]
  let callOff: (() => void) | undefined

  return {
    async run(wish) {
      if (!wish.background) peopleAsked.add(now())
      await block.look()
      const answer = line.join(wish)
      serve()
      return answer
    },
    async checkBlocked() {
      await block.look()
      const { until, reason } = block.on() ?? {}
      if (until !== undefined && reason) throw new RateLimitedError(until, reason)
    },
    recordBlock: block.set,
    state: () => ({
      blocked: block.on(),
      window: window.state(),
      day: budget?.state(),
      waiting: line.count(),
    }),
  }

  /** Without a known limit: everything is stopped while Spotify asks to wait, and so few are refused before it does. */
  function unlimited(): RequestLimit {
    let inFlight = 0
    return {
      reason: 'rate',
      need: () => undefined,
      hasRoom: (background) => !background || inFlight < mostAtOnce,
      take: () => void (inFlight += 1),
      answered: () => void (inFlight -= 1),
      nextRoom: () => ({ until: now(), look: now() + second }),
      state: () => ({ limit: Infinity, used: inFlight }),
    }
  }

  function rolling(limit: number): RequestLimit {
    const terms = { limit, span, bucket: span / 100, tellEvery: span / 30, heldFor: span * 1.5 }
    const reserve = (): number => forPeople(limit)
    return createSharedQuota(
      { ...terms, reason: 'rate', reserve },
      (entry) => memory.meter('window', entry),
      clock,
      serve,
    )
  }

  function daily(limit: number): RequestLimit {
    const terms = { limit, span: day, bucket: day / 96, tellEvery: 5_000, heldFor: 10 * 60_000 }
    const reserve = (): number => Math.floor(limit / 10)
    return createSharedQuota(
      { ...terms, reason: 'quota', reserve },
      (entry) => memory.meter('day', entry),
      clock,
      serve,
    )
  }

  /** As much of the window as people have wanted of it lately, within bounds: else it would lie idle. */
  function forPeople(limit: number): number {
    return Math.min(peopleAsked.count(now(), span), Math.floor(limit / 12))
  }

  /** Lets go whoever may, sends away who would wait for too long, and comes back when that may change. */
  function serve(): void {
    callOff?.()
    callOff = undefined
    tellPaces()
    for (let next = line.first(); next && !waitOf(next.background); next = line.first()) void carryOut(next.ticket)
    if (!line.first()) return
    tellPaces()
    const looks = [false, true].flatMap((background) => {
      const wait = waitOf(background)
      if (wait) line.turnAway(background, wait)
      return wait && line.count()[background ? 'background' : 'people'] > 0 ? wait.look : []
    })
    if (looks.length > 0) callOff = clock.after(Math.min(...looks, line.deadline()) - now(), serve)
  }

  function tellPaces(): void {
    const { people, background } = line.count()
    if (!block.on()) for (const pace of paces) pace.need(people, background)
  }

  function waitOf(background: boolean): (Wait & { readonly look: number }) | undefined {
    const blocked = block.on()
    if (blocked) {
      const until = fromWall(blocked.until, clock)
      return { until, reason: blocked.reason, look: until }
    }
    const tight = paces.find((pace) => !pace.hasRoom(background))
    return tight && { ...tight.nextRoom(background), reason: tight.reason }
  }

  async function carryOut(ticket: QueuedRequest): Promise<void> {
    line.begin(ticket)
    for (const pace of paces) pace.take()
    const sentAt = now()
    const outcome = await ticket.work(ticket.end.signal).then(
      (value): Outcome => ({ value }),
      (error: unknown): Outcome => ({ error }),
    )
    const refusal = 'error' in outcome && outcome.error instanceof RateLimitedError ? outcome.error : undefined
    const refusedUntil = refusal?.reason === 'rate' ? fromWall(refusal.until, clock) : undefined
    for (const pace of paces) pace.answered({ sentAt, refusedUntil })
    if (refusal) await block.set({ until: refusal.until, reason: refusal.reason })
    line.settle(ticket, outcome)
    serve()
  }
}
