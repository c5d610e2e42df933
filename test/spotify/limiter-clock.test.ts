import { afterEach, describe, expect, test, vi } from 'vitest'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const hour = 3_600_000

function setUp() {
  const clock = createHandClock()
  const memory = memoryOfOne(clock.now)
  const limiter = createRateLimiter(storeOf(memory), 'app', {}, undefined, clock)
  const ask = (background = false) =>
    clock.through(
      limiter.run({ purpose: 'page', background, work: async () => 'answered' }).catch((error: unknown) => error),
    )
  const isRefused = (wait: number) => {
    const work = () => Promise.reject(new RateLimitedError(clock.wall() + wait, 'rate'))
    return clock.through(limiter.run({ purpose: 'page', background: true, work }).catch(() => undefined))
  }
  return { clock, memory, limiter, ask, isRefused }
}

describe('a wall clock that is set', () => {
  afterEach(() => vi.useRealTimers())

  test('back by an hour does not lock a window that was used up', async () => {
    vi.useFakeTimers({ toFake: ['Date'] })
    const memory = memoryOfOne(() => performance.now())
    const limiter = createRateLimiter(storeOf(memory), 'app', { windowRequests: 2 }, 200)
    const ask = () => limiter.run({ purpose: 'page', background: true, work: async () => 'answered' })
    await Promise.all([ask(), ask()])
    vi.setSystemTime(Date.now() - hour)
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(['answered', 'answered', 'answered'])
  })

  test('back by two hours does not lengthen 30 seconds, nor what Ana is told of them', async () => {
    const { clock, limiter, ask, isRefused } = setUp()
    await isRefused(30_000)
    clock.set(-2 * hour)
    expect(await ask()).toMatchObject({ name: 'RateLimitedError', until: clock.wall() + 30_000 })
    await clock.pass(29_999)
    expect(limiter.state().blocked).toEqual({ until: clock.wall() + 1, reason: 'rate' })
    await clock.pass(1)
    expect(await ask()).toBe('answered')
    await clock.pass(5_000)
    expect(await ask()).toBe('answered')
    await limiter.recordBlock({ until: clock.wall() + 9_000, reason: 'rate' })
    expect(await ask()).toMatchObject({ name: 'RateLimitedError', until: clock.wall() + 9_000 })
    await clock.pass(9_000)
    expect(await ask()).toBe('answered')
  })

  test('forward ends a block at once, and background work waits no longer than it would have', async () => {
    const { clock, ask, isRefused } = setUp()
    await isRefused(30_000)
    const begun = clock.now()
    const waiting = ask(true)
    clock.set(hour)
    expect(await ask()).toBe('answered')
    expect(await waiting).toBe('answered')
    expect(clock.now() - begun).toBeLessThan(30_000)
    await isRefused(9_000)
    expect(await ask()).toMatchObject({ until: clock.wall() + 9_000 })
  })

  test('years ahead in another process keeps nobody away, and days ahead for no more than two', async () => {
    const { clock, memory, ask } = setUp()
    await memory.save({ until: clock.wall() + 10_000 * hour, reason: 'quota' })
    expect(await ask()).toBe('answered')
    await clock.pass(1_000)
    await memory.save({ until: clock.wall() + 48 * hour, reason: 'quota' })
    expect(await ask()).toMatchObject({ reason: 'quota', until: clock.wall() + 48 * hour })
    await clock.pass(48 * hour)
    expect(await ask()).toBe('answered')
  })
})
