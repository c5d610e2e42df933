import { randomUUID } from 'node:crypto'
import { connectRedis, type RedisConnection } from './redis-connection.ts'
import { redisMeters } from './redis-meter.ts'
import { redisRecords } from './redis-records.ts'
import { StoreUnavailableError, type Store, wholeMs } from './store.ts'

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
    ...redisMeters(connection),
    check: () => writeAndRead(connection),
    close: () => connection.close(),
  }
}

async function writeAndRead({ send }: RedisConnection): Promise<void> {
  const key = `hearsay:check:${randomUUID()}`
  await send(key, 'SET', key, 'here', 'PX', '10000')
  const answer = await send(key, 'GETDEL', key)
  if (answer !== 'here') throw new StoreUnavailableError('Redis forgets at once what it is told.')
}

type Indexes = Pick<Store, 'add' | 'remove' | 'members' | 'schedule' | 'unschedule' | 'due'>

/** Sets at `hearsay:set:<name>`, due indexes as sorted sets at `hearsay:due:<name>`. */
export function redisIndexes({ send }: RedisConnection): Indexes {
  const ofSet = async (command: string, set: string, ...values: string[]) =>
    send(`hearsay:set:${set}`, command, `hearsay:set:${set}`, ...values)
  const ofIndex = async (command: string, index: string, ...values: string[]) =>
    send(`hearsay:due:${index}`, command, `hearsay:due:${index}`, ...values)

  return {
    async add(set, member) {
      await ofSet('SADD', set, member)
    },
    async remove(set, member) {
      await ofSet('SREM', set, member)
    },
    members: async (set) => strings(await ofSet('SMEMBERS', set)),
    async schedule(index, member, at) {
      await ofIndex('ZADD', index, String(at), member)
    },
    async unschedule(index, member) {
      await ofIndex('ZREM', index, member)
    },
    due: async (index, until, limit) =>
      strings(await ofIndex('ZRANGEBYSCORE', index, '-inf', String(until), 'LIMIT', '0', String(limit))),
  }
}

function strings(reply: unknown): string[] {
  if (Array.isArray(reply) && reply.every((item) => typeof item === 'string')) return reply
  throw new StoreUnavailableError('Redis answered with something that is not a list.')
}

/** Leases at `hearsay:lease:<name>`, holding who has them. */
export function redisLeases({ send, evaluate }: RedisConnection): Pick<Store, 'lease'> {
  return {
    async lease(name, ttl) {
      const owner = randomUUID()
      const at = `hearsay:lease:${name}`
      const taken = await send(at, 'SET', at, owner, 'NX', 'PX', String(wholeMs(ttl)))
      if (taken === null) return undefined
      return {
        renew: async (ttl) => (await evaluate(renewing, at, owner, String(wholeMs(ttl)))) === 1,
        async release() {
          await evaluate(releasing, at, owner)
        },
      }
    },
  }
}

const ours = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
const renewing = `${ours} return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
const releasing = `${ours} return redis.call('DEL', KEYS[1])`
