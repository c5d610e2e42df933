import { StoreUnavailableError, type Store } from './store.ts'

/**
 * Opens a Redis, behind Sentinels or as a cluster too, for any number of processes, or a directory for one. Rejects with
 * StoreUnavailableError, and with StoreLockedError for a directory in use.
 * @param failed is told the name of each operation that rejects with StoreUnavailableError
 */
export async function openStore(
  where: ({ redisUrl: string; redisCa?: string | undefined } | { directory: string }) & { patience?: number },
  failed?: (operation: string) => void,
): Promise<Store> {
  // Only the one that is used is loaded: the other would take a tenth of the time of a start.
  const store =
    'redisUrl' in where
      ? await (await import('./redis.ts')).openRedis(where.redisUrl, where.patience, where.redisCa)
      : await (await import('./sqlite.ts')).openEmbedded(where.directory, where.patience)
  return failed ? reporting(store, failed) : store
}

function reporting<Calls extends object>(calls: Calls, failed: (operation: string) => void): Calls {
  // `keys` responds as it is walked; only an operator's tool does so.
  const entries = Object.entries(calls).map(([name, call]) => [name, name === 'keys' ? call : reported(name, call)])
  return Object.fromEntries(entries) as Calls

  function reported(operation: string, call: (...given: unknown[]) => Promise<unknown>) {
    return async (...given: unknown[]): Promise<unknown> => {
      try {
        const result = await call(...given)
        return operation === 'lease' && result ? reporting(result, failed) : result
      } catch (error) {
        if (error instanceof StoreUnavailableError) failed(operation)
        throw error
      }
    }
  }
}
