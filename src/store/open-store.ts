import { StoreUnavailableError, type Store } from './store.ts'

/**
 * Opens the store where it is: a Redis (or Redis Cluster) that several processes may share, or a directory for one.
 * Rejects with StoreUnavailableError when it does not answer, and with StoreLockedError when the directory is in use.
 *
 * @param failed is told the name of each operation that rejects with StoreUnavailableError
 */
export async function openStore(
  where: { redisUrl: string; patience?: number } | { directory: string },
  failed?: (operation: string) => void,
): Promise<Store> {
  // Only the one that is used is loaded: the other would take a tenth of the time of a start.
  const store =
    'redisUrl' in where
      ? await (await import('./redis.ts')).openRedis(where.redisUrl, where.patience)
      : await (await import('./sqlite.ts')).openEmbedded(where.directory)
  return failed ? reporting(store, failed) : store
}

function reporting(store: Store, failed: (operation: string) => void): Store {
  const { keys, lease } = store
  return {
    ...reportingAll(store),
    // Responds as it is walked; only an operator's tool does so.
    keys,
    async lease(name, ttl) {
      const held = await reported('lease', lease)(name, ttl)
      return held && reportingAll(held)
    },
  }

  function reportingAll<Operations extends object>(operations: Operations): Operations {
    const entries = Object.entries(operations).map(([name, call]) => [name, reported(name, call)])
    return Object.fromEntries(entries) as Operations
  }

  function reported<Given extends unknown[], Result>(operation: string, call: (...given: Given) => Promise<Result>) {
    return async (...given: Given): Promise<Result> => {
      try {
        return await call(...given)
      } catch (error) {
        if (error instanceof StoreUnavailableError) failed(operation)
        throw error
      }
    }
  }
}
