import { expect, test } from 'vitest'
import { openRedis } from '../../src/store/redis.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { until } from '../world/until.ts'
import { failureOf, isDone } from './failing.ts'
import { formCluster, startRedis, withoutRedis } from './redis-server.ts'

test.skipIf(withoutRedis())('a cluster whose node was restarted is found again', async () => {
  await using ends = new AsyncDisposableStack()
  const node = await startRedis(['--cluster-enabled', 'yes'])
  ends.defer(() => node.stop())
  await formCluster(node)
  const open = () => openRedis(`${node.url},redis://127.0.0.1:1`)
  // Again where the machine is too slow for the patience that the program has.
  const store = await until('a store', () => open().catch(() => undefined))
  ends.defer(() => store.close())
  await until('a stored record', () => isDone(store.set('links', 'ana', 1)))
  await node.kill()
  expect(await failureOf(store.get('links', 'ana'))).toBeInstanceOf(StoreUnavailableError)
  await node.restart()
  await until('an answer of the new node', () =>
    store.get('links', 'ana').then(
      (answer) => answer === undefined,
      () => false,
    ),
  )
})
