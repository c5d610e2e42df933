import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { pause } from '../../src/store/redis-options.ts'
import { LateError, within } from '../../src/store/within.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

test('work that does not end is late to the millisecond', async () => {
  let outcome: unknown = 'none yet'
  void within(1_500, new Promise(() => undefined)).catch((error: unknown) => (outcome = error))
  await vi.advanceTimersByTimeAsync(1_499)
  expect(outcome).toBe('none yet')
  await vi.advanceTimersByTimeAsync(1)
  expect(outcome).toBeInstanceOf(LateError)
})

test('a process that notices late has a tenth of a second yet to read what came meanwhile', async () => {
  const work = Promise.withResolvers<string>()
  const asked = within(1_500, work.promise)
  // As where the process was busy until now: the first timer is due, and the second one begins only then.
  vi.advanceTimersToNextTimer()
  await vi.advanceTimersByTimeAsync(99)
  work.resolve('here')
  expect(await asked).toBe('here')
  expect(vi.getTimerCount()).toBe(0)
})

test('a connection that was lost is tried again at once, and every second at the latest', () => {
  expect([0, 1, 2, 3, 4, 5, 100].map(pause)).toEqual([50, 100, 200, 400, 800, 1_000, 1_000])
})
