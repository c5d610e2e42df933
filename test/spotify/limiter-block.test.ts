import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import type { RateLimitBlock } from '../../src/spotify/rate-limit/retry-after.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const hour = 3_600_000

/** A store whose reading and writing can fail one without the other, and limiters over it. */
function setUp() {
  const clock = createHandClock()
  const whole = memoryOfOne(clock.now)
  const faults = { load: false, save: false }
  let saves = 0
  const memory = {
    ...whole,
    load: async () => (faults.load ? Promise.reject(new Error('away')) : whole.load()),
    async save(block: RateLimitBlock) {
      saves += 1
      if (faults.save) throw new Error('away')
      await whole.save(block)
    },
  }
  const start = () => {
    const limiter = createRateLimiter(storeOf(memory), 'app', {}, undefined, clock)
    const ask = () =>
      clock.through(limiter.run({ purpose: 'page', background: false, work: async () => 'answered' }).catch(nameOf))
    return { limiter, ask }
  }
  return { clock, whole, faults, saves: () => saves, start }
}

const nameOf = (error: unknown): unknown => (error instanceof Error ? error.name : error)

test('a block that came while the store was away is stored once it is back, with one try a second at most', async () => {
  const { clock, whole, faults, saves, start } = setUp()
  const { limiter, ask } = start()
  Object.assign(faults, { load: true, save: true })
  const block = { until: clock.wall() + hour, reason: 'quota' } as const
  await limiter.recordBlock(block)
  for (let asked = 0; asked < 40; asked += 1) {
    expect(await ask()).toBe('RateLimitedError')
    await clock.pass(250)
  }
  expect(saves()).toBeGreaterThan(5)
  expect(saves()).toBeLessThan(12)
  Object.assign(faults, { load: false, save: false })
  await clock.pass(1_000)
  await ask()
  await clock.pass(0)
  expect(await whole.load()).toEqual(block)
  expect(await start().ask()).toBe('RateLimitedError')
  const until = saves()
  await clock.pass(5_000)
  await ask()
  expect(saves()).toBe(until)
})

test('a block is stored although nothing can be read', async () => {
  const { clock, whole, faults, start } = setUp()
  faults.load = true
  const block = { until: clock.wall() + hour, reason: 'quota' } as const
  await start().limiter.recordBlock(block)
  expect(await whole.load()).toEqual(block)
})

test('a longer block of another process stays, and is learned', async () => {
  const { clock, whole, start } = setUp()
  const { limiter } = start()
  const longer = { until: clock.wall() + hour, reason: 'quota' } as const
  await whole.save(longer)
  await limiter.recordBlock({ until: clock.wall() + 9_000, reason: 'rate' })
  expect(await whole.load()).toEqual(longer)
  expect(limiter.state().blocked).toEqual(longer)
})

test.each([
  ['an end that is text', { until: '9999999999999', reason: 'quota' }],
  ['an end that is no time', { until: 'tomorrow', reason: 'quota' }],
  ['no end', { reason: 'rate' }],
  ['an unknown reason', { until: Date.UTC(2099, 0), reason: 'mood' }],
  ['no record', 'broken'],
])('RD-146 %s where a block is stored: it blocks nobody, and the next block counts', async (_, stored) => {
  const { clock, whole, start } = setUp()
  await whole.save(stored as RateLimitBlock)
  const { limiter, ask } = start()
  expect(await ask()).toBe('answered')
  const block = { until: clock.wall() + hour, reason: 'quota' } as const
  await limiter.recordBlock(block)
  expect(limiter.state().blocked).toEqual(block)
  expect(await whole.load()).toEqual(block)
})

test('a stored end beyond all reason blocks nobody, also after a start, and gives way to the next block', async () => {
  const { clock, whole, start } = setUp()
  await whole.save({ until: Date.UTC(2099, 0), reason: 'quota' })
  expect([await start().ask(), await start().ask()]).toEqual(['answered', 'answered'])
  const block = { until: clock.wall() + hour, reason: 'quota' } as const
  await start().limiter.recordBlock(block)
  expect(await whole.load()).toEqual(block)
})

test('a block that ends between any two looks at the clock, because a timer fired a little early, is over for all who wait', async () => {
  for (let looks = 0; looks < 20; looks += 1) {
    const hand = createHandClock()
    let left = Infinity
    const clock = {
      ...hand,
      now: () => hand.now() + ((left -= 1) < 0 ? 1 : 0),
      after: (milliseconds: number, act: () => void) =>
        hand.after(milliseconds - 1, () => {
          if (left === Infinity) left = looks
          act()
        }),
    }
    const limiter = createRateLimiter(storeOf(memoryOfOne(hand.now)), 'app', {}, undefined, clock)
    await limiter.recordBlock({ until: clock.wall() + 1_000, reason: 'rate' })
    expect(await hand.through(limiter.run({ purpose: 'page', background: false, work: async () => 'answered' }))).toBe(
      'answered',
    )
  }
})
