import { StoreUnavailableError, type Lease, type Store } from '../store/store.ts'
import type { Metrics } from './metrics.ts'

/** The same store, with every call counted that it does not answer. */
export function countStoreErrors(store: Store, metrics: Metrics): Store {
  const counted = countEach(store, metrics)
  return {
    ...counted,
    // Answers as it is walked; only an operator's tool does so.
    keys: store.keys,
    async lease(name, ttl) {
      const lease: Lease | undefined = await counted.lease(name, ttl)
      return lease && countEach(lease, metrics)
    },
  }
}

/** Both stores and leases are plain objects of functions, asynchronous but for one. */
function countEach<Room extends object>(room: Room, metrics: Metrics): Room {
  const calls = Object.entries(room as Record<string, (...given: unknown[]) => Promise<unknown>>)
  return Object.fromEntries(
    calls.map(([operation, call]) => [
      operation,
      (...given: unknown[]) =>
        call(...given).catch((error: unknown) => {
          if (error instanceof StoreUnavailableError) metrics.storeError(operation)
          throw error
        }),
    ]),
  ) as Room
}
