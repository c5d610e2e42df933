import type { RedisConnection } from './redis-connection.ts'
import { StoreUnavailableError, type Store } from './store.ts'

/**
 * Opens a Redis, behind Sentinels or as a cluster too, for any number of processes, or a directory for one. Rejects with
 * StoreUnavailableError, and with StoreLockedError for a directory in use.
 * @param warn is told what a Redis will lose, soon after it was opened
 * @param failed is told the name of each operation that rejects with StoreUnavailableError
 */
export async function openStore(
  where: ({ redisUrl: string; redisCa?: string | undefined } | { directory: string }) & { patience?: number },
  failed?: (operation: string) => void,
  warn?: (sentence: string) => void,
): Promise<Store> {
  // Only the one that is used is loaded: the other would take a tenth of the time of a start.
  const store =
    'redisUrl' in where
      ? await openAndLook(where.redisUrl, where.patience, where.redisCa, warn)
      : await (await import('./sqlite.ts')).openEmbedded(where.directory, where.patience)
  return failed ? reporting(store, failed) : store
}

async function openAndLook(url: string, patience?: number, ca?: string, warn?: (sentence: string) => void) {
  const { openRedis } = await import('./redis.ts')
  const { inspect, ...store } = await openRedis(url, patience, ca)
  // A Redis that may not be asked, or does not answer, is as good as one that says nothing; nobody waits for it.
  if (warn) void look(inspect, warn).catch(() => undefined)
  return store
}

async function look(inspect: RedisConnection['inspect'], warn: (sentence: string) => void): Promise<void> {
  const { lossesOf } = await import('./redis-losses.ts')
  for (const sentence of lossesOf(await inspect())) warn(sentence)
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
