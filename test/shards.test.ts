import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../sandbox/free-port.ts'
import { startSandbox } from './world/sandbox.ts'
import { run } from '../src/app.ts'
import { takeShards, type Shards } from '../src/discord/shards.ts'
import { readConfig } from '../src/config.ts'
import { createLog, type Log } from '../src/log.ts'
import { openStore } from '../src/store/open-store.ts'
import type { Store } from '../src/store/store.ts'
import { startRedis, tell, type RedisServer, withoutRedis } from './store/redis-server.ts'
import { startProgram, spawnProgram } from './world/process.ts'
import { createLeaseClock, type LeaseClock } from './world/lease-clock.ts'
import { createPlayer, footerOf, messageOf } from './world/world.ts'

describe.skipIf(withoutRedis())('shards are held by one process', () => {
  // Far more than any of these takes, so that for Redis, whose clock nobody moves, it ends where a test says so.
  const term = 600_000
  let clock: LeaseClock
  let redis: RedisServer
  let store: Store
  let warnings: string[]
  let held: Shards[]
  const never = new AbortController().signal
  const log = { ...createLog('silent'), warn: (_: unknown, said: string) => void warnings.push(said) } as Log
  beforeEach(async () => {
    redis = await startRedis()
    store = await openStore({ redisUrl: redis.url })
    clock = createLeaseClock()
    warnings = []
    held = []
  })
  afterEach(async () => {
    await Promise.all(held.map((shards) => shards.release()))
    await store.close()
    await redis.stop()
  })

  async function take(ids: readonly number[], signal = never): Promise<Shards> {
    const shards = await takeShards(clock.watch(store), { ids: [...ids], total: 16 }, log, signal, term, clock)
    held.push(shards)
    return shards
  }

  test('the second waits, says so once, and has them when the first has let go', async () => {
    const first = await take([0, 1])
    const second = take([0, 1])
    await clock.pass(term * 1.2)
    expect(first.isHeld()).toBe(true)
    expect(warnings).toEqual(['Another process holds these shards; waiting for it to end'])
    await first.release()
    expect(first.isHeld()).toBe(false)
    await clock.pass(term / 15)
    expect((await second).isHeld()).toBe(true)
  })

  test('slices that overlap in one shard are as good as the same, and others are not', async () => {
    const first = await take([0, 1])
    expect((await take([2, 3])).isHeld()).toBe(true)
    const second = take([1, 2])
    await expect.poll(() => warnings).toHaveLength(1)
    await first.release()
    await held[1]?.release()
    await clock.pass(term / 15)
    expect((await second).isHeld()).toBe(true)
  })

  test('a gateway that says no goodbye does not keep them from the next process', async () => {
    const sandbox = await startSandbox()
    const keys = { TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, REDIS_URL: redis.url }
    const env = { ...sandbox.env, ...keys, DISCORD_SHARDS: '0-1/16' }
    const stop = new AbortController()
    const running = run(readConfig(env), createLog('silent'), stop.signal)
    await expect.poll(() => sandbox.discord.identified).toEqual(expect.arrayContaining([0, 1]))
    expect(await store.lease('shard.16.0', term)).toBeUndefined()
    sandbox.discord.freezeGateway()
    stop.abort()
    await running
    await take([0, 1])
    expect(warnings).toEqual([])
    await sandbox.close()
  })

  test('those of a process that was killed are free after the term', async () => {
    // Nobody renews these.
    await store.lease('shard.16.0', term)
    const next = take([0])
    await clock.pass(term * 1.2)
    expect(warnings).toHaveLength(1)
    const left = Number((await tell(redis, 'PTTL', 'hearsay:lease:shard.16.0')).slice(1))
    expect(left).toBeGreaterThan(term / 2)
    expect(left).toBeLessThanOrEqual(term)
    await tell(redis, 'PEXPIRE', 'hearsay:lease:shard.16.0', '1')
    await expect.poll(() => tell(redis, 'EXISTS', 'hearsay:lease:shard.16.0')).toBe(':0')
    await clock.pass(term / 15)
    expect((await next).isHeld()).toBe(true)
  })

  test('a process that waits can be told to stop', async () => {
    await take([0])
    const stop = new AbortController()
    const second = take([0], stop.signal)
    second.catch(() => undefined)
    await expect.poll(() => warnings.length).toBe(1)
    stop.abort()
    await expect(second).rejects.toThrow('aborted')
  })

  test('a store that is frozen for longer than the term ends it, before anybody else could have them', async () => {
    const first = await take([0])
    redis.freeze()
    clock.jump(term * 0.8 - 1)
    expect(first.isHeld()).toBe(true)
    clock.jump(1)
    expect(first.isHeld()).toBe(false)
    await expect(first.lost).rejects.toThrow('so that nobody is answered twice')
    redis.thaw()
    expect(await tell(redis, 'EXISTS', 'hearsay:lease:shard.16.0')).toBe(':1')
  })

  test('shards that somebody else holds after all are lost at once', async () => {
    const first = await take([0])
    await tell(redis, 'SET', 'hearsay:lease:shard.16.0', 'somebody', 'PX', String(term))
    await clock.pass(term / 5)
    await expect(first.lost).rejects.toThrow('nobody is answered twice')
  })

  test('a store that has forgotten everything takes nobody’s shards away', async () => {
    const first = await take([0, 1])
    await tell(redis, 'FLUSHALL')
    await clock.pass(term * 1.2)
    expect(first.isHeld()).toBe(true)
    expect(await store.lease('shard.16.1', term)).toBeUndefined()
  })

  test('a program waits for the slice of another one, and answers when that has ended', async () => {
    const sandbox = await startSandbox()
    const env = { REDIS_URL: redis.url, DISCORD_SHARDS: '0-0/1' }
    const first = await startProgram(sandbox, env)
    const ana = createPlayer(sandbox, 'ana')
    await ana.links()
    const port = String(await freePort())
    const second = spawnProgram({ ...sandbox.env, ...env, PORT: port, LOG_LEVEL: 'info' })
    try {
      await second.prints('waiting for it to end')
      const shown = messageOf(await ana.uses('liked recent'))
      expect(await first.terminate()).toBe(0)
      await second.prints('Ready.')
      expect(footerOf(messageOf(await ana.presses(shown, 'Next')))).toMatch(/^Page 2 of 312/)
      expect(await second.terminate()).toBe(0)
    } finally {
      await first.kill()
      await second.kill()
      await sandbox.close()
    }
  })
})
