import { randomUUID } from 'node:crypto'
import { StoreFullError, StoreUnavailableError, type Store } from './store.ts'

const ttl = 10_000

/** What a user of a Redis has to be allowed, as ACL SETUSER takes it; in a cluster `+cluster|slots` too. */
export const leastRights =
  '~hearsay:* +get +set +getdel +del +unlink +exists +pexpire +pttl +strlen +sadd +srem +smembers +zadd +zrem +zrangebyscore +hset +hdel +hgetall +hincrby +scan +eval +time +ping'

/** Runs every kind of command that work needs, at keys of its own, which it deletes. Rejects with the first failure. */
export async function tryEveryCommand(
  store: Omit<Store, 'close' | 'keys'>,
  scan: () => Promise<unknown>,
  deleteKey: (key: string) => Promise<unknown>,
): Promise<void> {
  // A lone node of a cluster refuses most keys, but not all of them.
  const [one, another, third, ...rest] = Array.from({ length: 6 }, () => `check-${randomUUID()}`) as [
    string,
    string,
    string,
    ...string[],
  ]
  const work = [
    store.check,
    async () => {
      await store.set('check', one, { version: 1 }, ttl)
      await store.compareAndSet('check', one, 1, { version: 2 }, ttl)
      const read = await store.get('check', one)
      if (JSON.stringify(read) !== '{"version":2}')
        throw new StoreUnavailableError('Redis forgets at once what it is told.')
      await store.deleteIfVersion('check', one, 2)
    },
    async () => {
      await store.add(one, 'member')
      await store.members(one)
      await store.remove(one, 'member')
    },
    async () => {
      await store.schedule(another, 'member', 1)
      await store.due(another, 1, 1)
      await store.unschedule(another, 'member')
    },
    async () => {
      const lease = await store.lease(third, ttl)
      await lease?.renew(ttl)
      await lease?.release()
    },
    () =>
      store.meter(one, {
        owner: 'check',
        span: 1,
        bucket: 1,
        heldFor: ttl,
        spent: [{ amount: 1, ago: 9 }],
        held: 0,
        want: 1,
        limit: 1,
      }),
    async () => {
      // Before it takes nothing at all, a Redis takes nothing that may be lost.
      try {
        await store.setBytes(one, Buffer.of(0xff), ttl)
      } catch (error) {
        if (error instanceof StoreFullError) return
        throw error
      }
      await store.touchBytes(one, ttl)
      await store.statBytes(one)
      const read = await store.getBytes(one)
      if (!read?.equals(Buffer.of(0xff))) throw new StoreUnavailableError('Redis does not keep bytes as they are.')
      await store.deleteBytes(one)
    },
    ...rest.map((id) => () => store.create('check', id, 'here', ttl).then(() => store.delete('check', id))),
    scan,
  ]
  const outcomes = await Promise.allSettled(work.map((run) => run()))
  const left = [
    `meter:${one}`,
    `bytes:${one}`,
    `record:check:${one}`,
    `set:${one}`,
    `due:${another}`,
    `lease:${third}`,
    ...rest.map((id) => `record:check:${id}`),
  ]
  await Promise.allSettled(left.map((key) => deleteKey(`hearsay:${key}`)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}
