import { describe, expect, test } from 'vitest'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createFarSide, readMany, type Habits } from './far-side.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne } from './memory.ts'

function scene(habits: Habits, windowRequests?: number) {
  const clock = createHandClock()
  const gate = createRateLimiter(memoryOfOne(clock.now), { windowRequests }, undefined, clock)
  return { clock, gate, far: createFarSide(clock, habits) }
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
      const { clock, gate, far } = scene({ limit }, limit)
      expect(await readMany(clock, gate, far, count)).toBeLessThan(bound * 1.03)
      expect(far.refused).toHaveLength(0)
      expect(far.most()).toBe(limit)
    },
  )

  test('as many as it has room for go out at once', async () => {
    const { clock, gate, far } = scene({ limit: 60 }, 60)
    const all = Promise.all(Array.from({ length: 60 }, () => gate.run({ background: false, work: () => far.ask() })))
    await clock.pass(60)
    await all
    expect(gate.state().window).toEqual({ limit: 60, used: 60 })
  })
})

describe('a window that nobody knows', () => {
  test.each([
    [100, 1_000, 270_000],
    [180, 900, 120_000],
    [25, 150, 150_000],
  ])(
    '%i in 30 s: %i requests meet few refusals, and take little longer than they must',
    async (limit, count, bound) => {
      const { clock, gate, far } = scene({ limit })
      expect(await readMany(clock, gate, far, count)).toBeLessThan(bound * 1.1)
      for (const from of far.refused) {
        expect(far.refused.filter((at) => at >= from && at < from + 12_000).length).toBeLessThanOrEqual(10)
      }
      expect(far.refused.length).toBeLessThan(20)
    },
  )

  test('one of two seconds shows in what Spotify asks to wait', async () => {
    const { clock, gate, far } = scene({ limit: 40, window: 2_000 })
    expect(await readMany(clock, gate, far, 240)).toBeLessThan(10_000 * 1.16)
    expect(far.refused.length).toBeLessThanOrEqual(10)
  })

  test('a single refusal is no limit: once it is over, everything goes on as before', async () => {
    const { clock, gate, far } = scene({})
    await readMany(clock, gate, far, 50)
    const refusal = () => Promise.reject(new RateLimitedError(clock.now() + 2_000, 'rate'))
    await clock.through(gate.run({ background: true, work: refusal }).catch(() => undefined))
    const unhindered = (1_950 / 8) * 60
    expect(await readMany(clock, gate, far, 1_950)).toBeLessThan(2_000 + unhindered * 1.1)
  })

  test('after somebody else has used most of it, it creeps up to what there is', async () => {
    const { clock, gate, far } = scene({ limit: 100 })
    for (let other = 0; other < 80; other += 1) void far.ask()
    await readMany(clock, gate, far, 60)
    expect(gate.state().window.limit).toBeLessThan(85)
    await readMany(clock, gate, far, 600)
    expect(gate.state().window.limit).toBeGreaterThan(85)
  })
})
