import KeyvRedis from '@keyv/redis'
import { Keyv, type DeserializedData } from 'keyv'
import { readJson, type Json, type Store, unreadable, wholeMs } from './store.ts'
import type { RedisConnection } from './redis-connection.ts'

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
export function redisRecords({ node, ask, send, evaluate, servers }: RedisConnection): Records {
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
      const held = await send(at, 'GETDEL', at)
      return held === null ? undefined : unwrap<Json>(held).value
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
  const held = readJson(text)
  if (held === null || typeof held !== 'object' || !('value' in held)) throw unreadable()
  return { value: held.value as Value }
}

// The version is found by a pattern, because Redis's own JSON reader refuses half an emoji, which a song title may hold.
const comparing = `
  local held = redis.call('GET', KEYS[1])
  if not held then return 0 end
  local version = string.match(held, '^{"version":([^,]+),"value":.*}$')
  if not version and not string.match(held, '^{"value":.*}$') then
    return redis.error_reply('BROKEN record')
  end
  if version ~= ARGV[1] then return 0 end
`
const replacing = `${comparing} redis.call('SET', KEYS[1], unpack(ARGV, 2)) return 1`
const discarding = `${comparing} return redis.call('DEL', KEYS[1])`

// Every failure is thrown as well.
function leaveToCallers(): void {}
