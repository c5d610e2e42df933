import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { startSandbox } from '../world/sandbox.ts'
import { run } from '../../src/app.ts'
import { readConfig } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { shareStoreCheck } from '../../src/web/server.ts'
import { StoreFullError, StoreReadOnlyError, StoreUnavailableError } from '../../src/store/store.ts'
import { startWorld } from '../world/world.ts'

test('asking for /health again and again writes nothing to the disk', async () => {
  // One check of the store serves everybody for two seconds by this clock, however long they take.
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const world = await startWorld()
  const other = new DatabaseSync(join(world.env['DATA_DIR'] ?? '', 'hearsay.sqlite'))
  const commits = () => other.prepare('PRAGMA data_version').get()?.['data_version']
  const health = () => fetch(`${world.env['PUBLIC_URL']}/health`).then(({ status }) => status)
  await expect.poll(health).toBe(200)
  const before = commits()
  expect(new Set(await Promise.all(Array.from({ length: 40 }, health)))).toEqual(new Set([200]))
  expect(commits()).toBe(before)
  other.close()
  await world.stop()
})

test('one check of the store serves everybody for two seconds, good or bad', async () => {
  let now = 0
  const checks: PromiseWithResolvers<void>[] = []
  const check = () => {
    const pending = Promise.withResolvers<void>()
    checks.push(pending)
    return pending.promise
  }
  const trouble = shareStoreCheck({ check }, () => now)
  const asked = [trouble(), trouble()]
  checks[0]?.reject(new StoreUnavailableError('frozen'))
  for (const told of await Promise.all([...asked, trouble()]))
    expect(told).toEqual({ why: 'the store does not answer', store: expect.stringContaining('Check REDIS_URL') })
  now = 1_999
  await trouble()
  expect(checks.length).toBe(1)
  now = 2_000
  const again = trouble()
  checks[1]?.resolve()
  expect([await again, await trouble()]).toEqual([{}, {}])
  expect(checks.length).toBe(2)
})

test('a full store is said with what to do and lets commands go on; one that refuses changes does not', async () => {
  const troubleOf = (error: Error) => {
    const check = async (): Promise<never> => {
      throw error
    }
    return shareStoreCheck({ check })()
  }
  expect(await troubleOf(new StoreFullError('full'))).toEqual({
    store: expect.stringMatching(/^The store is full\. Make room on the disk under DATA_DIR$/),
  })
  expect(await troubleOf(new StoreReadOnlyError('READONLY'))).toEqual({
    why: 'the store refuses changes',
    store: expect.stringMatching(/READONLY, it is a replica/),
  })
})

test('Spotify asks the app to wait: that is said with its end, and commands are answered', async () => {
  const world = await startWorld()
  onTestFinished(() => world.stop())
  const ana = world.person('ana')
  await ana.links()
  const health = async (): Promise<unknown> => {
    const answer = await fetch(`${world.env['PUBLIC_URL']}/health`)
    return [answer.status, await answer.json()]
  }
  expect(await health()).toEqual([200, { status: 'ok' }])
  world.spotify.script(/GET \/v1\/me\/tracks/, { status: 429, headers: { 'retry-after': '79892' } })
  await ana.uses('liked recent')
  const waiting = expect.stringMatching(/^Spotify answers again at \d{4}-.*Z, in 79\d{3} s$/)
  expect(await health()).toEqual([200, { status: 'ok', waiting }])
})

test('one shard of two that is away is trouble, whatever the other does', async () => {
  const silent = new Set<number>()
  const sandbox = await startSandbox()
  const { discord } = sandbox
  discord.admitShard = (shard) => (silent.has(shard) ? 'silence' : 'session')
  const env: Record<string, string> = { ...sandbox.env, DISCORD_SHARDS: '0-1/2' }
  const stop = new AbortController()
  const running = run(readConfig(env), createLog('silent'), stop.signal)
  const health = () =>
    fetch(`${env['PUBLIC_URL']}/health`).then(
      (answer) => answer.json(),
      () => undefined,
    )
  const away = { status: 'unavailable', why: 'not connected to Discord' }
  await expect.poll(health).toEqual({ status: 'ok' })

  silent.add(1)
  discord.disconnect(4000, 1)
  await expect.poll(health).toEqual(away)
  discord.disconnect(4000, 0)
  await expect.poll(() => discord.identified.filter((shard) => shard === 0).length).toBeGreaterThan(1)
  await discord.heartbeat(0)
  expect(await health()).toEqual(away)
  silent.clear()
  discord.disconnect(4000, 1)
  await expect.poll(health).toEqual({ status: 'ok' })

  stop.abort()
  await running
  await sandbox.close()
})
