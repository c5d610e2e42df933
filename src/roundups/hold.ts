import type { Store } from '../store/store.ts'

/** The right to deliver one roundup, for as long as it is known to be held. */
export interface Hold {
  /** Says so as soon as the right is gone or the program ends. */
  readonly signal: AbortSignal
  /** Throws unless it is held, and for long enough to send a request yet. */
  check(): void
  /** Lets it end by itself, so that what is under way arrives before anybody else begins. */
  leave(): void
  /** Lets go, unless it is left. */
  release(): Promise<void>
}

// A crashed process is taken over within this and one look at what is due.
const leaseTime = 30_000
const beat = leaseTime / 6
const margin = 5_000

/** Undefined while somebody else has it. Rejects with StoreUnavailableError. */
export async function takeHold(
  store: Store,
  name: string,
  ended: AbortSignal,
  now: () => number,
): Promise<Hold | undefined> {
  let asked = stamp(now)
  const lease = await store.lease(name, leaseTime)
  if (!lease) return undefined
  const lost = new AbortController()
  let isLeft = false
  const lose = (why: string): void => {
    clearInterval(heart)
    lost.abort(new Error(why))
  }
  const renew = async (): Promise<void> => {
    if (isOver()) return lose('The lease of a roundup has ended')
    const before = stamp(now)
    const held = await lease.renew(leaseTime).catch(() => undefined)
    if (held === false) lose('The lease of a roundup went to somebody else')
    else if (held) asked = before
  }
  const heart = setInterval(() => void renew(), beat).unref()
  const signal = AbortSignal.any([ended, lost.signal])

  return {
    signal,
    check() {
      if (isOver()) lose('The lease of a roundup has ended')
      signal.throwIfAborted()
    },
    leave() {
      clearInterval(heart)
      isLeft = true
    },
    async release() {
      clearInterval(heart)
      if (!isLeft) await lease.release().catch(() => undefined)
    },
  }

  // By both clocks: one may be set back, and the other one stands still while the machine sleeps.
  function isOver(): boolean {
    const { monotonic, wall } = stamp(now)
    return Math.max(monotonic - asked.monotonic, wall - asked.wall) > leaseTime - margin
  }
}

function stamp(now: () => number): { readonly monotonic: number; readonly wall: number } {
  return { monotonic: performance.now(), wall: now() }
}
