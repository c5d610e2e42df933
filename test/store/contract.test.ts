import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe } from 'vitest'
import { openStore } from '../../src/store/open-store.ts'
import { storeContract } from './contract.ts'
import { waitLimit } from '../world/until.ts'
import { formCluster, withoutRedis, startRedis } from './redis-server.ts'
import type { RedisServer } from './redis-server.ts'

const directory = mkdtempSync(join(tmpdir(), 'hearsay-store-'))
const servers: RedisServer[] = []
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

describe.skipIf(withoutRedis())('a Redis Cluster', () => {
  storeContract(async () => {
    const server = await start('--cluster-enabled', 'yes')
    await formCluster(server)
    return openStore({ redisUrl: `${server.url},${server.url}`, patience: waitLimit })
  })
})

async function start(...settings: string[]): Promise<RedisServer> {
  const server = await startRedis(settings)
  servers.push(server)
  return server
}
