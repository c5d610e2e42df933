import { randomUUID } from 'node:crypto'
import { wholeMs } from '../lifetime.ts'
import type { Store } from '../store.ts'
import type { Connection } from '../redis-connection.ts'

/** Leases at `hearsay:lease:<name>`, holding who has them. */
export function redisLeases({ send, evaluate }: Connection): Pick<Store, 'lease'> {
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
