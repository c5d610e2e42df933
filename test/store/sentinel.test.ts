import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { until, waitLimit } from '../world/until.ts'
import { everyCall, expectAllToFail, isDone, recovery } from './failing.ts'
import { startSentinels, tell, withoutRedis, type SentinelSetup } from './redis-server.ts'

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
    await store.set('links', 'ana', { version: 1 })
    const [, port] =
      (await tell(setup.sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster')).match(/\d{4,5}/g) ?? []
    const master = setup.servers.find((server) => String(server.port) === port) ?? setup.servers[0]
    await tell(master, 'WAIT', '1', '0')
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
})
