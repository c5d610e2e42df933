import { randomUUID } from 'node:crypto'
import { connectRedis } from './redis-connection.ts'
import type { Connection } from './redis-connection.ts'
import { redisIndexes } from './redis/indexes.ts'
import { redisLeases } from './redis/leases.ts'
import { redisMeters } from './redis-meter.ts'
import { redisRecords } from './redis/records.ts'
import { StoreUnavailableError } from './store.ts'
import type { Store } from './store.ts'

/**
 * The store in a Redis 6.2 or newer, a Valkey, or a cluster (its nodes with commas between them), for any number of
 * processes. Every call ends within 1.5 seconds, or `patience` milliseconds, and a connection that was lost is made
 * again by itself. Rejects with StoreUnavailableError, saying what to check, when there is none to work with.
 */
export async function openRedis(url: string, patience?: number): Promise<Store> {
  const connection = await connectRedis(url, writeAndRead, patience)
  return {
    ...redisRecords(connection),
    ...redisIndexes(connection),
    ...redisLeases(connection),
    // What Redis itself writes to disk, and for how long, is its own settings' to say.
    purge: async () => undefined,
    ...redisMeters(connection),
    check: () => writeAndRead(connection),
    close: () => connection.close(),
  }
}

async function writeAndRead({ send }: Connection): Promise<void> {
  const key = `hearsay:check:${randomUUID()}`
  await send(key, 'SET', key, 'here', 'PX', '10000')
  const answer = await send(key, 'GETDEL', key)
  if (answer !== 'here') throw new StoreUnavailableError('Redis forgets at once what it is told.')
}
