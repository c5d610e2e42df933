import { randomUUID } from 'node:crypto'
import KeyvRedis from '@keyv/redis'
import { Keyv, type DeserializedData } from 'keyv'
import { enterMeterScript, meterReading } from './meter.ts'
import { tryEveryCommand } from './redis-check.ts'
import { connectRedis, type RedisConnection } from './redis-connection.ts'
import { checkName, readJson, StoreUnavailableError, UnreadableRecordError, versionOf, wholeMs } from './store.ts'
import type { Json, Store } from './store.ts'

/**
 * The store in a Redis 6.2 or newer, or a Valkey, behind Sentinels or as a cluster too, for any number of processes.
 *  Every call ends within 1.5 seconds, or `timeout` milliseconds, and a connection that was lost is made
 * again. Rejects with StoreUnavailableError, saying what to check, when there is none to work with.
 *
 * Records are at `hearsay:record:<kind>:<key>`: through Keyv where it is enough, by commands where it must be atomic.
 * Both write `{"version":3,"value":…}`, without the version where the value has none. Redis alone ends lifetimes,
 * so that no two clocks have to agree.
 */
export async function openRedis(
  url: string,
  timeout?: number,
  ca?: string,
): Promise<Store & Pick<RedisConnection, 'inspect'>> {
  const { client, ask, send, getBuffer, evaluate, check, inspect, giveUp, close } = await connectRedis(url, timeout, ca)
  const adapter = new KeyvRedis<string>(client.node, { throwOnErrors: true, keyPrefixSeparator: ':' })
  const options = { namespace, useKeyPrefix: false, throwOnErrors: true, serialize: wrap, deserialize: unwrap }
  const keyv = new Keyv<Json>({ store: adapter, ...options })
  // Every failure is thrown as well.
  keyv.on('error', () => undefined)
  const records = (): typeof keyv => {
    if (adapter.client !== client.node) adapter.client = client.node
    return keyv
  }
  const tell = async (...command: Parameters<typeof send>): Promise<void> => void (await send(...command))

  const store: Store & Pick<RedisConnection, 'inspect'> = {
    get: (kind, key) => ask(() => records().get(`${kind}:${key}`)),
    set: (kind, key, value, ttl) =>
      ask(
        async () => void (await records().set(`${kind}:${key}`, value, ttl === undefined ? undefined : wholeMs(ttl))),
      ),
    create: async (kind, key, value, ttl) =>
      (await send('SET', at(kind, key), wrap({ value }), 'NX', ...lifetime(ttl))) !== null,
    delete: (kind, key) => ask(() => records().delete(`${kind}:${key}`)),
    compareAndSet: async (kind, key, version, value, ttl) =>
      (await evaluate(replacing, at(kind, key), String(version), wrap({ value }), ...lifetime(ttl))) === 1,
    deleteIfVersion: async (kind, key, version) => (await evaluate(discarding, at(kind, key), String(version))) === 1,
    async *keys(kind) {
      const before = at(kind, '')
      // SCAN may name a key twice.
      const given = new Set<string>()
      for (const server of await ask(client.servers)) {
        let cursor = '0'
        do {
          const page = await ask(() => server(['SCAN', cursor, 'MATCH', `${before}*`, 'COUNT', '1000']))
          const [next, found] = Array.isArray(page) ? page : []
          for (const name of strings(found)) {
            const key = name.slice(before.length)
            if (!given.has(key)) yield key
            given.add(key)
          }
          cursor = String(next)
        } while (cursor !== '0')
      }
    },
    add: (set, member) => tell('SADD', `hearsay:set:${set}`, member),
    remove: (set, member) => tell('SREM', `hearsay:set:${set}`, member),
    members: async (set) => strings(await send('SMEMBERS', `hearsay:set:${set}`)),
    schedule: async (index, member, at) =>
      void (await evaluate(scheduling, `hearsay:due:${index}`, member, String(at))),
    unschedule: (index, member) => tell('ZREM', `hearsay:due:${index}`, member),
    due: async (index, until, limit) =>
      strings(await send('ZRANGEBYSCORE', `hearsay:due:${index}`, '-inf', String(until), 'LIMIT', '0', String(limit))),
    async lease(name, ttl) {
      const owner = randomUUID()
      const at = `hearsay:lease:${name}`
      if ((await evaluate(taking, at, owner, ...lifetime(ttl))) !== 1) return undefined
      return {
        renew: async (ttl) => (await evaluate(renewing, at, owner, String(wholeMs(ttl)))) === 1,
        release: async () => void (await evaluate(releasing, at, owner)),
      }
    },
    async meter(name, { owner, span, bucket, heldFor, spent, held, want, limit }) {
      const numbers = [span, bucket, heldFor, held, want, limit, ...spent.flatMap(({ amount, ago }) => [amount, ago])]
      const reply = await evaluate(enterMeterScript, `hearsay:meter:${name}`, owner, ...numbers.map(String))
      const [granted, total, ends] = Array.isArray(reply) ? reply : []
      if (typeof granted === 'number' && typeof total === 'number' && Array.isArray(ends))
        return meterReading(granted, total, limit, ends as [number, number][])
      throw new StoreUnavailableError('Redis answered with something that is not a reading of a meter.')
    },
    async getBytes(name) {
      const bytes = await getBuffer(bytesAt(name))
      if (bytes === null || Buffer.isBuffer(bytes)) return bytes ?? undefined
      throw new StoreUnavailableError('Redis answered with something that is not bytes.')
    },
    setBytes: async (name, { buffer, byteOffset, byteLength }, ttl) =>
      void (await evaluate(caching, bytesAt(name), Buffer.from(buffer, byteOffset, byteLength), ...lifetime(ttl))),
    touchBytes: async (name, ttl) => (await send('PEXPIRE', bytesAt(name), String(wholeMs(ttl)))) === 1,
    deleteBytes: async (name) => (await send('DEL', bytesAt(name))) === 1,
    async statBytes(name) {
      const [bytes, left] = ((await evaluate(measuring, bytesAt(name))) ?? []) as [number?, number?]
      return bytes === undefined || left === undefined || left < 0 ? undefined : { bytes, until: Date.now() + left }
    },
    check,
    inspect,
    close,
  }
  const scan = () => ask(() => client.servers().then(([server]) => server?.(['SCAN', '0', 'COUNT', '1'])))
  return tryEveryCommand(store, scan, (key) => send('DEL', key)).then(() => store, giveUp)
}

const namespace = 'hearsay:record'

function at(kind: string, key: string): string {
  return `${namespace}:${kind}:${key}`
}

function bytesAt(name: string): string {
  checkName(name)
  return `hearsay:bytes:${name}`
}

function lifetime(ttl: number | undefined): string[] {
  return ttl === undefined ? [] : ['PX', String(wholeMs(ttl))]
}

function wrap<Value>({ value }: DeserializedData<Value>): string {
  return JSON.stringify({ version: versionOf(value), value })
}

function unwrap<Value>(text: unknown): { value: Value } {
  const stored = readJson(text)
  if (stored === null || typeof stored !== 'object' || !('value' in stored)) throw new UnreadableRecordError()
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
// A full Redis refuses what a script may write first, and nothing after that: so what replaces, or is small and ends,
// begins with a deletion, and works there too. Leaving, refreshing a token and noting what is to be removed need it.
const replacing = `${comparing} redis.call('DEL', KEYS[1]) redis.call('SET', KEYS[1], unpack(ARGV, 2)) return 1`
const scheduling = `redis.call('ZREM', KEYS[1], ARGV[1]) return redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])`
const taking = `
  if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
  redis.call('DEL', KEYS[1])
  redis.call('SET', KEYS[1], unpack(ARGV))
  return 1`
const discarding = `${comparing} return redis.call('DEL', KEYS[1])`

// The last quarter of its memory is for what may not be lost. Not every user is allowed to ask how much that is.
const caching = `
  local told = redis.pcall('INFO', 'memory')
  local function amount(name)
    return type(told) == 'string' and tonumber(string.match(told, name .. ':(%d+)')) or 0
  end
  if amount('used_memory') > amount('maxmemory') * 0.75 and amount('maxmemory') > 0 then
    return redis.error_reply('OOM less than a quarter of its maxmemory is left, which is not for a cache')
  end
  return redis.call('SET', KEYS[1], unpack(ARGV))
`
const measuring = `return { redis.call('STRLEN', KEYS[1]), redis.call('PTTL', KEYS[1]) }`

function strings(reply: unknown): string[] {
  if (Array.isArray(reply) && reply.every((item) => typeof item === 'string')) return reply
  throw new StoreUnavailableError('Redis answered with something that is not a list.')
}

const ours = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end"
const renewing = `${ours} return redis.call('PEXPIRE', KEYS[1], ARGV[2])`
const releasing = `${ours} return redis.call('DEL', KEYS[1])`
