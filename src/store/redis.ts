import { randomUUID } from 'node:crypto'
import KeyvRedis from '@keyv/redis'
import { Keyv, type DeserializedData } from 'keyv'
import { enterMeterScript, meterReading } from './meter.ts'
import { connectRedis, type RedisConnection } from './redis-connection.ts'
import { readJson, StoreUnavailableError, unreadable, wholeMs, type Json, type Store } from './store.ts'

/**
 * The store in a Redis 6.2 or newer, a Valkey, or a cluster (its nodes with commas between them), for any number of
 * processes. Every call ends within 1.5 seconds, or `patience` milliseconds, and a connection that was lost is made
 * again. Rejects with StoreUnavailableError, saying what to check, when there is none to work with.
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

type Records = Pick<
  Store,
  'get' | 'set' | 'create' | 'delete' | 'getAndDelete' | 'compareAndSet' | 'deleteIfVersion' | 'keys'
>

const namespace = 'hearsay:record'

/**
 * Records at `hearsay:record:<kind>:<key>`: through Keyv where it is enough, by commands where it must be atomic.
 * Both write `{"version":3,"value":…}`, without the version where the value has none. Redis alone ends lifetimes,
 * so that no two clocks have to agree.
 */
function redisRecords({ node, ask, send, evaluate, servers }: RedisConnection): Records {
  const adapter = new KeyvRedis<string>(node, { throwOnErrors: true, keyPrefixSeparator: ':' })
  const options = { namespace, useKeyPrefix: false, throwOnErrors: true, serialize: wrap, deserialize: unwrap }
  const keyv = new Keyv<Json>({ store: adapter, ...options })
  keyv.on('error', leaveToCallers)

  return {
    get: (kind, key) => ask(() => keyv.get(`${kind}:${key}`)),
    set: (kind, key, value, ttl) =>
      ask(async () => {
        await keyv.set(`${kind}:${key}`, value, ttl === undefined ? undefined : wholeMs(ttl))
      }),
    async create(kind, key, value, ttl) {
      const end = ttl === undefined ? [] : ['PX', String(wholeMs(ttl))]
      const at = `${namespace}:${kind}:${key}`
      return (await send(at, 'SET', at, wrap({ value }), 'NX', ...end)) !== null
    },
    delete: (kind, key) => ask(() => keyv.delete(`${kind}:${key}`)),
    async getAndDelete(kind, key) {
      const at = `${namespace}:${kind}:${key}`
      const stored = await send(at, 'GETDEL', at)
      return stored === null ? undefined : unwrap<Json>(stored).value
    },
    async compareAndSet(kind, key, version, value, ttl) {
      const end = ttl === undefined ? [] : ['PX', String(wholeMs(ttl))]
      const at = `${namespace}:${kind}:${key}`
      return (await evaluate(replacing, at, String(version), wrap({ value }), ...end)) === 1
    },
    deleteIfVersion: async (kind, key, version) =>
      (await evaluate(discarding, `${namespace}:${kind}:${key}`, String(version))) === 1,
    async *keys(kind) {
      const before = `${namespace}:${kind}:`
      // SCAN may name a key twice.
      const given = new Set<string>()
      for (const server of await servers()) {
        let cursor = '0'
        do {
          const page = await ask(() => server(['SCAN', cursor, 'MATCH', `${before}*`, 'COUNT', '1000']))
          const [next, found] = page as [string, string[]]
          for (const name of found) {
            const key = name.slice(before.length)
            if (!given.has(key)) yield key
            given.add(key)
          }
          cursor = next
        } while (cursor !== '0')
      }
    },
  }
}

function wrap<Value>({ value }: DeserializedData<Value>): string {
  const version = typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  return JSON.stringify(typeof version === 'number' ? { version, value } : { value })
}

function unwrap<Value>(text: unknown): { value: Value } {
  const stored = readJson(text)
  if (stored === null || typeof stored !== 'object' || !('value' in stored)) throw unreadable()
  return { value: stored.value as Value }
}

// The version is found by a pattern, because Redis's own JSON reader refuses half an emoji, which a song title may hold.
const comparing = `
  local stored = redis.call('GET', KEYS[1])
  if not stored then return 0 end
  local version = string.match(stored, '^{"version":([^,]+),"value":.*}$')
  if not version and not string.match(stored, '^{"value":.*}$') then
    return redis.error_reply('BROKEN record')
  end
  if version ~= ARGV[1] then return 0 end
`
const replacing = `${comparing} redis.call('SET', KEYS[1], unpack(ARGV, 2)) return 1`
const discarding = `${comparing} return redis.call('DEL', KEYS[1])`

// Every failure is thrown as well.
function leaveToCallers(): void {}

type Indexes = Pick<Store, 'add' | 'remove' | 'members' | 'schedule' | 'unschedule' | 'due'>

/** Sets at `hearsay:set:<name>`, due indexes as sorted sets at `hearsay:due:<name>`. */
function redisIndexes({ send }: RedisConnection): Indexes {
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
function redisLeases({ send, evaluate }: RedisConnection): Pick<Store, 'lease'> {
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

/** Meters as hashes at `hearsay:meter:<name>`. */
function redisMeters({ evaluate }: RedisConnection): Pick<Store, 'meter'> {
  return {
    async meter(name, { owner, span, bucket, heldFor, spent, held, want, limit }) {
      const numbers = [span, bucket, heldFor, held, want, limit, ...spent.flatMap(({ amount, ago }) => [amount, ago])]
      const reply = await evaluate(enterMeterScript, `hearsay:meter:${name}`, owner, ...numbers.map(String))
      const [granted, total, ends] = Array.isArray(reply) ? reply : []
      if (typeof granted === 'number' && typeof total === 'number' && Array.isArray(ends))
        return meterReading(granted, total, limit, ends as [number, number][])
      throw new StoreUnavailableError('Redis answered with something that is not a reading of a meter.')
    },
  }
}
