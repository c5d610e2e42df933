import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import PQueue from 'p-queue'
import { createBackoff } from './backoff.ts'
import type { createDelivery, DeliveryOutcome } from './deliver.ts'
import { StoreUnavailableError } from '../store/store.ts'
import type { Schedules } from './schedules.ts'

type Report = (key: string, outcome: DeliveryOutcome | Error) => void

const atOnce = 8
// A schedule whose turn takes long must not keep those waiting whose time comes meanwhile.
const lookAgain = 5_000
const afterFailure = 30_000

/**
 * Delivers by every schedule whose time has come, some at once, until there are none left. `report` is told what came
 * of each; a failure is tried again in a while. Rejects with StoreUnavailableError when nobody knows what is due.
 */
export function createDueRunner(schedules: Schedules, deliver: ReturnType<typeof createDelivery>, now: () => number) {
  /** Schedules that have no turn now, by their keys. Not in the store: others may succeed where this process fails. */
  const resting = new LRUCache<string, true>({ maxSize: 100_000, sizeCalculation: () => 1, ttlResolution: 0 })
  const backoff = createBackoff(afterFailure)

  return async (report: Report, ended: AbortSignal): Promise<void> => {
    const queue = new PQueue({ concurrency: atOnce })
    try {
      for (;;) {
        const keys = ended.aborted ? [] : await waiting()
        // Those that were found before and have not begun are found again.
        queue.clear()
        for (const key of keys) void queue.add(() => deliverTo(key))
        if (queue.size + queue.pending === 0) return
        const over = queue.size > 0 ? queue.onEmpty() : queue.onIdle()
        await Promise.race([over, sleep(lookAgain, undefined, { ref: false })])
      }
    } finally {
      queue.clear()
      await queue.onIdle()
    }

    async function deliverTo(key: string): Promise<void> {
      if (ended.aborted) return
      resting.set(key, true)
      const outcome = await deliver(key, ended).catch((error: Error) => error)
      const hasFailed = outcome instanceof Error
      resting.set(key, true, { ttl: hasFailed ? restAfter(key, outcome) : lookAgain })
      if (!hasFailed) backoff.reset(key)
      // What is cut off at the end is no failure.
      if (outcome && !(hasFailed && ended.aborted)) report(key, outcome)
    }
  }

  /** A store that is back is no reason to wait; whatever else fails is asked ever less often. */
  function restAfter(key: string, error: Error): number {
    return error instanceof StoreUnavailableError ? afterFailure : backoff.next(key)
  }

  /** What fails for good is listed before all others, so as many more are looked at. */
  async function waiting(): Promise<string[]> {
    resting.purgeStale()
    const found = await schedules.due(now(), 200 + resting.size)
    for (const key of new Set(resting.keys()).difference(new Set(found))) resting.delete(key)
    return found.filter((key) => !resting.has(key))
  }
}
