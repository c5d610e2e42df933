import { openEmbedded } from './embedded.ts'
import { openRedis } from './redis.ts'
import type { Store } from './store.ts'

/**
 * Opens the store where it is: a Redis (or Redis Cluster) that several processes may share, or a directory for one.
 * Rejects with StoreUnavailableError when it does not answer, and with StoreLockedError when the directory is in use.
 */
export function openStore(where: { redisUrl: string } | { directory: string }): Promise<Store> {
  return 'redisUrl' in where ? openRedis(where.redisUrl) : openEmbedded(where.directory)
}
