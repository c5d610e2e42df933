import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import type { Sandbox } from '../../sandbox/start.ts'
import { errorMessage } from '../../src/error-messages.ts'
import { openStore } from '../../src/store/open-store.ts'
import { runInSandbox } from '../world/program-here.ts'
import { startSandbox } from '../world/sandbox.ts'
import { failureOf } from './failing.ts'
import { startRedis, tell, withoutRedis } from './redis-server.ts'

let sandbox: Sandbox
beforeEach(async () => (sandbox = await startSandbox()))
afterEach(() => sandbox.close())

test.skipIf(withoutRedis())('a Redis that will lose something: the start goes on, and says what to do', async () => {
  const redis = await startRedis(['--appendonly', 'no'])
  onTestFinished(() => redis.stop())
  const forgetful = await runInSandbox(sandbox, { REDIS_URL: redis.url })
  expect(await forgetful.prints('keeps nothing on disk')).toMatch(/"level":40.*Start it with --appendonly yes\./)
  expect(await forgetful.terminate()).toBe(0)
  expect(forgetful.output()).not.toContain('maxmemory-policy')

  await tell(redis, 'CONFIG', 'SET', 'save', '3600 1')
  await tell(redis, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')
  const dropping = await runInSandbox(sandbox, { REDIS_URL: redis.url })
  expect(await dropping.prints('drops links (allkeys-lru)')).toMatch(/--maxmemory-policy noeviction\./)
  expect(await dropping.terminate()).toBe(0)
  expect(dropping.output()).not.toContain('keeps nothing on disk')
})

test.skipIf(withoutRedis())(
  'what the operator is told of a Redis that is gone, or full, is about that Redis',
  async () => {
    const redis = await startRedis()
    onTestFinished(() => redis.stop())
    const store = await openStore({ redisUrl: redis.url })
    onTestFinished(() => store.close())
    const advice = async () => errorMessage(await failureOf(store.set('links', 'ana', 'x'.repeat(1_000))))?.operator
    await tell(redis, 'CONFIG', 'SET', 'maxmemory', '1000')
    expect(await advice()).toBe('The store is full. Raise the maxmemory of the Redis behind REDIS_URL')
    await redis.kill()
    expect(await advice()).toBe('The store does not answer. Check REDIS_URL and the server behind it')
  },
)
