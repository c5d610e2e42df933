import type { Store } from './store.ts'

/**
 * Opens the store where it is: a Redis (or Redis Cluster) that several processes may share, or a directory for one.
 * Rejects with StoreUnavailableError when it does not answer, and with StoreLockedError when the directory is in use.
 */
export async function openStore(
  where: { redisUrl: string; patience?: number } | { directory: string },
): Promise<Store> {
  // Only the one that is used is loaded: the other would take a tenth of the time of a start.
  if ('redisUrl' in where) return (await import('./redis.ts')).openRedis(where.redisUrl, where.patience)
  return (await import('./sqlite.ts')).openEmbedded(where.directory)
}
