import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { leastRights } from '../../src/store/redis-check.ts'
import type { Store } from '../../src/store/store.ts'
import { storeContract } from './contract.ts'
import { makeCertificate } from '../world/certificate.ts'
import { until, waitLimit } from '../world/until.ts'
import { isDone } from './failing.ts'
import { formCluster, startRedis, startSentinels, startTlsRedis, tell, withoutRedis } from './redis-server.ts'
import type { RedisServer, SentinelSetup } from './redis-server.ts'

const directory = mkdtempSync(join(tmpdir(), 'hearsay-store-'))
const servers: Pick<RedisServer, 'stop'>[] = []
afterAll(async () => {
  rmSync(directory, { recursive: true })
  for (const server of servers) await server.stop()
})

describe('the embedded file', () => {
  storeContract(() => openStore({ directory, patience: waitLimit }))
})

describe.skipIf(withoutRedis())('Redis', () => {
  storeContract(async () => openStore({ redisUrl: (await start()).url, patience: waitLimit }))
})

describe.skipIf(withoutRedis())('a Redis over TLS, with a certificate from REDIS_CA_FILE', () => {
  storeContract(async () => {
    const certificate = makeCertificate()
    const server = await startTlsRedis(certificate)
    servers.push(server)
    return openStore({ redisUrl: server.tlsUrl, redisCa: certificate.cert, patience: waitLimit })
  })
})

describe.skipIf(withoutRedis())('a Redis that allows its user what docs/redis.md lists, and no more', () => {
  const [, rights = ''] = /^ACL SETUSER hearsay on >password (.+)$/m.exec(readFileSync('docs/redis.md', 'utf8')) ?? []

  test('the list is that of the sentence that a start has', () => {
    expect(rights).toBe(`resetchannels ${leastRights}`)
  })

  storeContract(async () => {
    const server = await start()
    await tell(server, 'ACL', 'SETUSER', 'hearsay', 'on', '>pass-word', ...rights.split(' '))
    return openStore({ redisUrl: server.url.replace('//', '//hearsay:pass-word@'), patience: waitLimit })
  })
})

describe.skipIf(withoutRedis())('a Redis behind Sentinels, with a failover in the middle', () => {
  let setup: SentinelSetup
  const open = async (): Promise<Store> => {
    setup = await startSentinels()
    servers.push(setup)
    return openStore({ redisUrl: setup.url, patience: waitLimit })
  }
  storeContract(open, async (store) => {
    await store.set('links', 'ana', 'before')
    const replicated = () => tell(setup.servers[1], 'GET', 'hearsay:record:links:ana')
    await until('the replica in step', async () => (await replicated()).includes('before'))
    await setup.failOver()
    await until('a change at the new master', async () => {
      await isDone(store.set('links', 'ben', 'after'))
      return (await tell(setup.servers[1], 'GET', 'hearsay:record:links:ben')).includes('after')
    })
    expect(await store.get('links', 'ana')).toBe('before')
  })
})

describe.skipIf(withoutRedis())('a Redis Cluster of three', () => {
  storeContract(async () => {
    const settings = ['--cluster-enabled', 'yes', '--cluster-node-timeout', '600000']
    const nodes = [await start(...settings), await start(...settings), await start(...settings)]
    await formCluster(...nodes)
    return openStore({ redisUrl: nodes.map(({ url }) => url).join(','), patience: waitLimit })
  })
})

async function start(...settings: string[]): Promise<RedisServer> {
  const server = await startRedis(settings)
  servers.push(server)
  return server
}
