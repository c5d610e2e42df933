import { describe, expect, test } from 'vitest'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createFarSide, readMany, type Habits } from './far-side.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

function setUp(habits: Habits, windowRequests?: number) {
  const clock = createHandClock()
  const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', { windowRequests }, undefined, clock)
  return { clock, limiter, far: createFarSide(clock, habits) }
}

describe('a window that the operator knows', () => {
  test.each([
    [100, 1_000, 270_000],
    [30, 200, 180_000],
    [7, 30, 120_000],
    [1, 4, 90_000],
  ])(
    '%i in 30 s: %i requests are never refused, and take hardly longer than they must',
    async (limit, count, bound) => {
      const { clock, limiter, far } = setUp({ limit }, limit)
      expect(await readMany(clock, limiter, far, count)).toBeLessThan(bound * 1.03)
      expect(far.refused).toHaveLength(0)
      expect(far.most()).toBe(limit)
    },
  )

  test('as many as it has room for go out at once', async () => {
    const { clock, limiter, far } = setUp({ limit: 60 }, 60)
    const all = Promise.all(
      Array.from({ length: 60 }, () => limiter.run({ purpose: 'page', background: false, work: () => far.ask() })),
    )
    await clock.pass(60)
    await all
    expect(limiter.state().window).toEqual({ limit: 60, used: 60 })
  })
})

describe('a window that nobody knows', () => {
  test.each([
    [100, 1_000],
    [180, 900],
    [25, 150],
  ])('%i in 30 s: of %i requests eight at most are refused at a time, and all are answered', async (limit, count) => {
    const { clock, limiter, far } = setUp({ limit })
    await readMany(clock, limiter, far, count)
    for (const from of far.refused) {
      expect(far.refused.filter((at) => at >= from && at < from + 1_000).length).toBeLessThanOrEqual(8)
    }
  })

  test('a single refusal is no limit: once it is over, everything goes on as before', async () => {
    const { clock, limiter, far } = setUp({})
    await readMany(clock, limiter, far, 50)
    const refusal = () => Promise.reject(new RateLimitedError(clock.now() + 2_000, 'rate'))
    await clock.through(limiter.run({ purpose: 'page', background: true, work: refusal }).catch(() => undefined))
    const unhindered = (1_950 / 8) * 60
    expect(await readMany(clock, limiter, far, 1_950)).toBeLessThan(2_000 + unhindered * 1.1)
  })

  test('people do not wait for the eight that nobody waits for', async () => {
    const { clock, limiter, far } = setUp({})
    const background = Array.from({ length: 20 }, () =>
      limiter.run({ purpose: 'page', background: true, work: () => far.ask() }),
    )
    const person = limiter.run({
      purpose: 'page',
      background: false,
      work: async () => limiter.state().waiting.background,
    })
    expect(await clock.through(person)).toBe(20 - 8)
    await clock.through(Promise.all(background))
  })
})
