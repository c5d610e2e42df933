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
  const store = await open(where)
  return failed ? reporting(store, failed) : store
}

async function open(where: Parameters<typeof openStore>[0]): Promise<Store> {
  // Only the one that is used is loaded: the other would take a tenth of the time of a start.
  if ('redisUrl' in where) return (await import('./redis.ts')).openRedis(where.redisUrl, where.patience)
  return (await import('./sqlite.ts')).openEmbedded(where.directory)
}

function reporting(store: Store, failed: (operation: string) => void): Store {
  const reported =
    <Given extends unknown[], Result>(operation: string, call: (...given: Given) => Promise<Result>) =>
    async (...given: Given): Promise<Result> => {
      try {
        return await call(...given)
      } catch (error) {
        if (error instanceof StoreUnavailableError) failed(operation)
        throw error
      }
    }
  return {
    get: reported('get', store.get),
    set: reported('set', store.set),
    create: reported('create', store.create),
    delete: reported('delete', store.delete),
    getAndDelete: reported('getAndDelete', store.getAndDelete),
    compareAndSet: reported('compareAndSet', store.compareAndSet),
    deleteIfVersion: reported('deleteIfVersion', store.deleteIfVersion),
    // Responds as it is walked; only an operator's tool does so.
    keys: store.keys,
    add: reported('add', store.add),
    remove: reported('remove', store.remove),
    members: reported('members', store.members),
    schedule: reported('schedule', store.schedule),
    unschedule: reported('unschedule', store.unschedule),
    due: reported('due', store.due),
    lease: reported('lease', async (name: string, ttl: number) => {
      const lease = await store.lease(name, ttl)
      return lease && { renew: reported('renew', lease.renew), release: reported('release', lease.release) }
    }),
    meter: reported('meter', store.meter),
    check: reported('check', store.check),
    close: reported('close', store.close),
  }
}
