import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { until, waitLimit } from '../world/until.ts'
import { leastRights } from '../../src/store/redis-check.ts'
import { everyCall, expectAllToFail, failureOf, isDone, recovery } from './failing.ts'
import { startRedis, startSentinel, startSentinels, tell, withoutRedis, type SentinelSetup } from './redis-server.ts'

describe.skipIf(withoutRedis())('Sentinels', () => {
  let setup: SentinelSetup
  beforeAll(async () => {
    setup = await startSentinels(300)
  })
  afterAll(() => setup?.stop())

  test('a store that is closed leaves no connection, at the master or at a Sentinel', async () => {
    const store = await openStore({ redisUrl: setup.url, patience: waitLimit })
    await store.check()
    await store.close()
    for (const server of [...setup.servers, setup.sentinel])
      await until('an end of its connections', async () => {
        const clients = await tell(server, 'CLIENT', 'LIST', 'TYPE', 'NORMAL')
        return !clients.includes('lib-name=node-redis') && !/cmd=sentinel\|master/.test(clients)
      })
    await expectAllToFail(store)
  })

  test('a master that is killed: calls fail until there is another one, and nothing that it had passed on is lost', async () => {
    const store = await openStore({ redisUrl: setup.url, patience: waitLimit })
    onTestFinished(() => store.close())
    await until('a record that both of them have', async () => {
      await store.set('links', 'ana', { version: 1 })
      const known = await Promise.all(setup.servers.map((server) => tell(server, 'KEYS', 'hearsay:record:links:ana')))
      return known.every((keys) => keys.includes('ana'))
    })
    const [port] =
      (await tell(setup.sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).match(/\d{4,5}/g) ?? []
    const master = setup.servers.find((server) => String(server.port) === port) ?? setup.servers[0]
    await master.kill()
    const failures: unknown[] = []
    await until('an answer of the next master', () =>
      store.set('links', 'ben', { version: 1 }).then(
        () => true,
        (failure: unknown) => void failures.push(failure),
      ),
    )
    for (const failure of failures) expect(failure).toBeInstanceOf(StoreUnavailableError)
    await recovery(store)
    expect(await store.get('links', 'ana')).toEqual({ version: 1 })
    for (const [name, call] of Object.entries(everyCall)) expect(await isDone(call(store)), name).toBe(true)
    await setup.sentinel.kill()
    await store.check()
  })

  test('a user of Redis and Sentinel who has the rights that are listed for each', async () => {
    await using ends = new AsyncDisposableStack()
    const redis = ends.adopt(await startRedis(), ({ stop }) => stop())
    await tell(redis, 'ACL', 'SETUSER', 'hearsay', 'on', '>pass-word', ...leastRights.split(' '))
    const lines = [
      `sentinel monitor mymaster 127.0.0.1 ${redis.port} 1`,
      'sentinel down-after-milliseconds mymaster 600000',
    ]
    const sentinel = ends.adopt(await startSentinel(lines), ({ stop }) => stop())
    const give = (name: string, ...rights: string[]) =>
      tell(sentinel, 'ACL', 'SETUSER', name, 'on', '>pass-word', ...rights)
    await give('guest', '+ping')
    await give('hearsay', '+ping', '+sentinel|master')
    await tell(sentinel, 'ACL', 'SETUSER', 'default', 'off')
    const open = (user: string) => {
      const redisUrl = `redis+sentinel://${user}:pass-word@127.0.0.1:${sentinel.port}/mymaster`
      return openStore({ redisUrl, patience: waitLimit })
    }
    const refused = await failureOf(open('guest'))
    expect(refused.message).toMatch(/does not let this user ask\. .*\+sentinel\|master there/)
    const store = ends.adopt(await open('hearsay'), ({ close }) => close())
    await store.set('links', 'ana', 1)
    expect(await store.get('links', 'ana')).toBe(1)
  })
})
