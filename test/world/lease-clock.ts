import { setImmediate as turn } from 'node:timers/promises'
import type { LeaseClock as Clock } from '../../src/store/held-lease.ts'
import type { Store } from '../../src/store/store.ts'

type Leases = Pick<Store, 'lease'>

/** A clock that is moved by hand, for those who hold leases of a store that takes its time. */
export interface LeaseClock extends Pick<Clock, 'now' | 'sleep'> {
  /** The store's leases, whose calls `pass` waits for. */
  watch(store: Leases): Leases
  /** Lets so much time pass, and everybody who wakes meanwhile do what they woke for. */
  pass(milliseconds: number): Promise<void>
  /** Lets so much time pass at once, and waits for nobody. */
  jump(milliseconds: number): void
}

export function createLeaseClock(): LeaseClock {
  const sleepers = new Map<() => void, number>()
  let now = 0
  const underWay = new Set<Promise<unknown>>()

  return {
    now: () => now,
    sleep(milliseconds, { signal }) {
      return new Promise<void>((resolve, reject) => {
        const wake = (): void => resolve()
        const end = (): void => {
          sleepers.delete(wake)
          reject(signal?.reason as Error)
        }
        sleepers.set(wake, now + milliseconds)
        if (signal?.aborted) end()
        else signal?.addEventListener('abort', end, { once: true })
      })
    },
    watch: (store) => ({
      async lease(name, ttl) {
        const lease = await counted(store.lease(name, ttl))
        return lease && { renew: (ttl) => counted(lease.renew(ttl)), release: () => counted(lease.release()) }
      },
    }),
    async pass(milliseconds) {
      const end = now + milliseconds
      await settled()
      while (wakeFirst(end)) await settled()
      now = end
    },
    jump(milliseconds) {
      const end = now + milliseconds
      now = end
      while (wakeFirst(end));
    },
  }

  function wakeFirst(end: number): boolean {
    const [first] = [...sleepers].toSorted(([, one], [, other]) => one - other)
    if (!first || first[1] > end) return false
    const [wake, at] = first
    sleepers.delete(wake)
    now = Math.max(now, at)
    wake()
    return true
  }

  async function counted<Answer>(work: Promise<Answer>): Promise<Answer> {
    underWay.add(work)
    return work.finally(() => underWay.delete(work))
  }

  async function settled(): Promise<void> {
    do await turn()
    while (underWay.size > 0)
  }
}
