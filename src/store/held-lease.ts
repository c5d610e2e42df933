import { setTimeout as sleep } from 'node:timers/promises'
import type { Lease, Store } from './store.ts'

export type HeldLease = NonNullable<Awaited<ReturnType<typeof holdLease>>>

/** Times in milliseconds: `now` is monotonic, and `sleep` rejects when the signal is aborted. */
const systemClock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  sleep: (milliseconds: number, { signal, ref = true }: { signal?: AbortSignal | undefined; ref?: boolean }) =>
    sleep<unknown>(milliseconds, undefined, { ref, ...(signal && { signal }) }),
}

export type LeaseClock = typeof systemClock

/** Times in milliseconds. */
export interface LeaseOptions {
  /** How long to wait while another process has the lease: not at all unless given, or until a signal is aborted. */
  readonly patience?: number | AbortSignal
  /** Between two tries. */
  readonly pause?: number
  /** Called once, before the first wait. */
  readonly waiting?: () => unknown
  /** How long before the store's end the lease counts as over here. */
  readonly margin?: number
  /** Takes the lease anew where the store has lost it and nobody else has it. */
  readonly retake?: boolean
  /** Also aborts the signal of the lease. */
  readonly ended?: AbortSignal
  readonly clock?: Partial<LeaseClock> | undefined
}

/**
 * Takes one name, or several of which it gets all or none, and renews them for as long as the work under them takes.
 * Undefined when the patience is over. Two clocks judge whether the lease is held, and the one that says "over" is
 * believed: the wall clock may be set back, and the monotonic one stops while the machine sleeps.
 * Rejects with StoreUnavailableError, and with the reason of a signal that ended the wait.
 */
export async function holdLease(
  store: Pick<Store, 'lease'>,
  names: string | readonly string[],
  ttl: number,
  options: LeaseOptions = {},
) {
  const { patience = 0, pause = 100, waiting, margin = 0, retake = false, ended } = options
  const clock = { ...systemClock, ...options.clock }
  const giveUpAt = typeof patience === 'number' ? clock.now() + patience : Infinity
  const leases = new Map<string, Lease>()
  // From before the store is asked, so that it is over here before it is over there.
  let since = times()
  for (let isFirst = true; !(await takeAll()); isFirst = false) {
    if (patience === 0 || clock.now() > giveUpAt) return undefined
    if (isFirst) waiting?.()
    await clock.sleep(pause, { signal: typeof patience === 'number' ? undefined : patience })
    since = times()
  }
  let isLeft = false
  const lost = new AbortController()
  const stopped = new AbortController()
  /** Aborted when the lease is lost, and together with `ended`. */
  const signal = ended ? AbortSignal.any([ended, lost.signal]) : lost.signal
  const renewing = renewAll()
  return { signal, isHeld, check, leave, release, [Symbol.asyncDispose]: release }

  /** All or none, so that two whose names overlap do not wait for one another. */
  async function takeAll(): Promise<boolean> {
    let isWhole = false
    try {
      for (const name of [names].flat()) {
        const lease = await store.lease(name, ttl)
        if (!lease) return false
        leases.set(name, lease)
      }
      return (isWhole = true)
    } finally {
      if (!isWhole) await releaseAll().then(() => leases.clear())
    }
  }

  /** Never rejects: they expire otherwise. */
  async function releaseAll(): Promise<void> {
    await Promise.allSettled(leases.values().map((lease) => lease.release()))
  }

  /** Whether the lease is ours, and for so many milliseconds more. */
  function isHeld(milliseconds = 0): boolean {
    // For good, unless it may be taken anew.
    if (left() <= 0 && !retake) lose('is over')
    return !lost.signal.aborted && !stopped.signal.aborted && left() > milliseconds
  }

  /** Throws the signal's reason unless the lease is held. */
  function check(): void {
    if (!isHeld()) lose('is over')
    signal.throwIfAborted()
  }

  /** Stops renewing and lets it expire, so that what is under way arrives before another process begins. */
  function leave(): void {
    isLeft = true
    stopped.abort()
  }

  /** Frees it at once, unless it was left. Never rejects: it expires otherwise. */
  async function release(): Promise<void> {
    stopped.abort()
    // A renewal under way may be taking the lease anew.
    await renewing
    if (!isLeft) await releaseAll()
  }

  function times(): { readonly now: number; readonly wall: number } {
    return { now: clock.now(), wall: clock.wall() }
  }

  function left(): number {
    return ttl - margin - Math.max(clock.now() - since.now, clock.wall() - since.wall)
  }

  function lose(why: string): void {
    stopped.abort()
    lost.abort(new Error(`The lease ${[...leases.keys()].join(', ')} ${why}`))
  }

  async function renewAll(): Promise<void> {
    for (;;) {
      const pause = Math.max(0, Math.min(ttl / 5, left()))
      await clock.sleep(pause, { signal: stopped.signal, ref: false }).catch(() => undefined)
      if (stopped.signal.aborted || (!isHeld() && !retake)) return
      const before = times()
      // A store that is silent has not said that the lease is lost; the clocks decide.
      const renewed = await Promise.all([...leases].map(renew)).catch(() => undefined)
      if (stopped.signal.aborted) return
      if (renewed?.every(Boolean)) since = before
      else if (renewed) return lose('went to another process')
      else if (left() <= 0) return lose('is over')
    }
  }

  async function renew([name, lease]: readonly [string, Lease]): Promise<boolean> {
    if (await lease.renew(ttl)) return true
    const again = retake ? await store.lease(name, ttl) : undefined
    if (again) leases.set(name, again)
    return again !== undefined
  }
}
