import { expect, test } from 'vitest'
import { leastRights } from '../../src/store/redis-check.ts'
import { openRedis } from '../../src/store/redis.ts'
import { StoreUnavailableError } from '../../src/store/store.ts'
import { makeCertificate } from '../world/certificate.ts'
import { until, waitLimit } from '../world/until.ts'
import { failureOf, isDone } from './failing.ts'
import { formCluster, startRedis, startTlsRedis, tell, withoutRedis } from './redis-server.ts'

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

test.skipIf(withoutRedis())('a cluster over TLS, for a user who has the least rights and +cluster|slots', async () => {
  await using ends = new AsyncDisposableStack()
  const certificate = makeCertificate()
  const settings = ['--cluster-enabled', 'yes', '--tls-cluster', 'yes']
  const node = ends.adopt(await startTlsRedis(certificate, settings), ({ stop }) => stop())
  await formCluster(node)
  const open = async (...rights: string[]) => {
    await tell(node, 'ACL', 'SETUSER', 'hearsay', 'reset', 'on', '>pass-word', ...leastRights.split(' '), ...rights)
    const nodes = `${node.tlsUrl.replace('//', '//hearsay:pass-word@')},${node.tlsUrl}`
    return openRedis(nodes, waitLimit, certificate.cert)
  }
  expect((await failureOf(open())).message).toMatch(/does not let this user work\. .*\+cluster\|slots.* NOPERM /)
  const store = ends.adopt(await open('+cluster|slots'), ({ close }) => close())
  await store.set('links', 'ana', 1)
  expect(await store.get('links', 'ana')).toBe(1)
})
