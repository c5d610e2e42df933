import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { inTime } from '../../src/bot/answer.ts'

// The promise that the tests with a broken store lean on: an answer that is not there by then is announced.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }))
afterEach(() => void vi.useRealTimers())

test('an interaction is acknowledged 800 milliseconds after it came, not when its work has ended', async () => {
  const receivedAt = performance.now()
  await vi.advanceTimersByTimeAsync(300)
  let outcome: unknown = 'none yet'
  void inTime(new Promise(() => undefined), receivedAt).then((early) => (outcome = early))
  await vi.advanceTimersByTimeAsync(499)
  expect(outcome).toBe('none yet')
  await vi.advanceTimersByTimeAsync(1)
  expect(outcome).toBeUndefined()
})

test('one that came long ago is acknowledged at once', async () => {
  const receivedAt = performance.now() - 2_000
  const early = inTime(new Promise(() => undefined), receivedAt)
  await vi.advanceTimersByTimeAsync(0)
  expect(await early).toBeUndefined()
})
