import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailableError, type Lease, type Store } from './store.ts'

/** A lease that is renewed for as long as the work under it takes. */
export interface HeldLease {
  /**
   * Whether the lease is ours for so many milliseconds more. False for good once somebody else may have it: because
   * the store said so, or because it has said nothing for as long as the lease lasts.
   */
  isHeld(milliseconds?: number): boolean
  release(): Promise<void>
}

const pause = 100

/** Waits `patience` milliseconds at most while somebody else has the lease, which is undefined then. */
export async function holdLease(
  store: Store,
  name: string,
  ttl: number,
  patience: number,
): Promise<HeldLease | undefined> {
  const giveUpAt = performance.now() + patience
  for (;;) {
    const askedAt = performance.now()
    const lease = await store.lease(name, ttl)
    if (lease) return keep(lease, ttl, askedAt)
    if (performance.now() > giveUpAt) return undefined
    await sleep(pause)
  }
}

/** By the process's own clock, from before the store was asked: it ends here before it ends there. */
function keep(lease: Lease, ttl: number, since: number): HeldLease {
  let endsAt = since + ttl
  let lost = false
  const isOurs = (milliseconds = 0) => {
    lost ||= performance.now() >= endsAt
    return !lost && performance.now() + milliseconds < endsAt
  }
  const renew = async () => {
    const askedAt = performance.now()
    try {
      if (!isOurs()) return
      if (await lease.renew(ttl)) endsAt = askedAt + ttl
      else lost = true
    } catch (error) {
      // A store that is silent has not said that the lease is lost; the clock decides.
      if (!(error instanceof StoreUnavailableError)) lost = true
    }
  }
  const heartbeat = setInterval(() => void renew(), ttl / 3)
  return {
    isHeld: isOurs,
    async release() {
      clearInterval(heartbeat)
      // It ends by itself otherwise.
      await lease.release().catch(() => undefined)
    },
  }
}
