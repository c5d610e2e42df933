import { StoreUnavailableError } from '../store.ts'
import type { Store } from '../store.ts'
import type { Connection } from '../redis-connection.ts'

type Indexes = Pick<Store, 'add' | 'remove' | 'members' | 'schedule' | 'unschedule' | 'due'>

/** Sets at `hearsay:set:<name>`, due indexes as sorted sets at `hearsay:due:<name>`. */
export function redisIndexes({ send }: Connection): Indexes {
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
