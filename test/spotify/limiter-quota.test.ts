import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const hour = 3_600_000

function setUp(dailyRequests: number) {
  const clock = createHandClock()
  const memory = memoryOfOne(clock.now)
  let sent = 0
  const start = () => {
    const limiter = createRateLimiter(storeOf(memory), 'app', { dailyRequests }, undefined, clock)
    const ask = (background: boolean) =>
      clock.through(
        limiter
          .run({ purpose: 'page', background, work: async () => void (sent += 1) })
          .catch((error: unknown) => error),
      )
    return { limiter, ask }
  }
  return { clock, start, sent: () => sent }
}

test('background work stops first and leaves a tenth of the day to people, who get the rest', async () => {
  const { clock, start, sent } = setUp(100)
  const { limiter, ask } = start()
  for (let count = 0; count < 90; count += 1) expect(await ask(true)).toBeUndefined()
  const refusal = await ask(true)
  expect(refusal).toMatchObject({ name: 'RateLimitedError', reason: 'quota' })
  const { until } = refusal as { until: number }
  expect(until - clock.now()).toBeGreaterThan(23.7 * hour)
  expect(until - clock.now()).toBeLessThan(24.3 * hour)
  for (let count = 0; count < 10; count += 1) expect(await ask(false)).toBeUndefined()
  expect(await ask(false)).toMatchObject({ reason: 'quota' })
  expect(sent()).toBe(100)
  expect(limiter.state().day).toEqual({ limit: 100, used: 100 })
})

test.each([1, 5, 9])('of %i requests a day background work gets all: a tenth is less than one', async (limit) => {
  const { start, sent } = setUp(limit)
  const { ask } = start()
  for (let count = 0; count < limit; count += 1) expect(await ask(true)).toBeUndefined()
  expect(await ask(true)).toMatchObject({ reason: 'quota' })
  expect(sent()).toBe(limit)
})

test('what a process has spent counts after a restart, and in the process beside it', async () => {
  const { clock, start, sent } = setUp(40)
  const before = start()
  const beside = start()
  for (let count = 0; count < 15; count += 1) await before.ask(false)
  for (let count = 0; count < 15; count += 1) await beside.ask(false)
  await clock.pass(11 * 60_000)
  const after = start()
  for (let count = 0; count < 20; count += 1) await after.ask(false)
  expect(sent()).toBe(40)
})

test('a day rolls: what was spent in the morning is there again the next morning, and not before', async () => {
  const { clock, start, sent } = setUp(24)
  const { ask } = start()
  for (let count = 0; count < 24; count += 1) {
    await ask(false)
    await clock.pass(hour)
  }
  expect(sent()).toBe(24)
  await clock.pass(hour / 2)
  expect(await ask(false)).toBeUndefined()
  expect(await ask(false)).toMatchObject({ reason: 'quota' })
  await clock.pass(hour)
  expect(await ask(false)).toBeUndefined()
  expect(sent()).toBe(26)
})
