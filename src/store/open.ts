import { openEmbedded } from './embedded.ts'
import type { Store } from './store.ts'

/**
 * Opens the store where it is: a Redis (or Redis Cluster) that several processes may share, or a directory for one.
 * Rejects with StoreUnavailableError when it does not answer, and with StoreLockedError when the directory is in use.
 */
export async function openStore(where: { redisUrl: string } | { directory: string }): Promise<Store> {
  if ('directory' in where) return openEmbedded(where.directory)
  // Whoever has no Redis need not wait for its client.
  const { openRedis } = await import('./redis.ts')
  return openRedis(where.redisUrl)
}
