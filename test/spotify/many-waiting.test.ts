import { expect, test } from 'vitest'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne } from './memory.ts'

test('an arrival among ten thousand that wait is as little work as one among ten', async () => {
  const reads = async (waiting: number): Promise<number> => {
    const clock = createHandClock()
    let looks = 0
    const counting = { ...clock, now: () => ((looks += 1), clock.now()) }
    const limiter = createRateLimiter(memoryOfOne(clock.now), {}, undefined, counting)
    const never = () => new Promise<never>(() => undefined)
    for (let request = 0; request < waiting; request += 1) void limiter.run({ background: true, work: never })
    await settled()
    expect(limiter.state().waiting.background).toBe(waiting - 8)
    looks = 0
    void limiter.run({ background: true, work: never })
    await settled()
    return looks
  }
  expect(await reads(10)).toBeGreaterThan(0)
  expect(await reads(10_000)).toBe(await reads(10))
})

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
