import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createRateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { createFarSide } from './far-side.ts'
import { createHandClock, type HandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf, type LimiterMemory } from './memory.ts'
import { runs } from '../world/runs.ts'

const span = 600

/** Somebody asks, so many milliseconds after the one before, through one of the processes. */
const asking = fc.record({
  after: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
  background: fc.boolean(),
  process: fc.nat(2),
})
const ways = fc.infiniteStream(fc.integer({ min: 0, max: 250 }))
const story = {
  limit: fc.integer({ min: 1, max: 14 }),
  asked: fc.array(asking, { minLength: 1, maxLength: 60 }),
  ways,
  storeWays: fc.infiniteStream(fc.integer({ min: 0, max: 60 })),
  processes: fc.integer({ min: 1, max: 3 }),
}

test('whatever the latencies, and however many processes: never more than the window holds at the far side', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(story), async ({ limit, asked, ways, storeWays, processes }) => {
      const clock = createHandClock()
      const far = createFarSide(clock, { limit, window: span, way: () => ways.next().value })
      const memory = slow(memoryOfOne(clock.now), clock, () => storeWays.next().value)
      const limiters = Array.from({ length: processes }, () =>
        createRateLimiter(storeOf(memory), 'app', { windowRequests: limit }, span, clock),
      )
      const work: Promise<unknown>[] = []
      for (const { after, background, process } of asked) {
        await clock.pass(after)
        const limiter = limiters[process % processes]
        const request = { purpose: 'page', background, work: () => far.ask() } as const
        work.push(limiter?.run(request).catch(limited) ?? Promise.reject(new Error('no such process')))
      }
      const answers = await clock.through(Promise.all(work))
      expect(far.refused).toEqual([])
      expect(far.most()).toBeLessThanOrEqual(limit)
      asked.forEach(({ background }, index) => expect(answers[index] === '' || !background).toBe(true))
    }),
    { numRuns: runs(150) },
  )
})

test('nobody in the background goes before a person who was there first', async () => {
  await fc.assert(
    fc.asyncProperty(fc.record(story), async ({ limit, asked, ways }) => {
      const clock = createHandClock()
      const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', { windowRequests: limit }, span, clock)
      const people = new Set<number>()
      const work: Promise<unknown>[] = []
      for (const [number, { after, background }] of asked.entries()) {
        await clock.pass(after)
        if (!background) people.add(number)
        const ask = async (): Promise<void> => {
          people.delete(number)
          // Who came later may still be reading from the store whether there is a block, and waits for no turn yet.
          const earlier = [...people].filter((person) => person < number)
          if (background) expect([earlier, limiter.state().waiting.interactive]).toEqual([[], 0])
          await clock.sleep(ways.next().value)
        }
        work.push(
          limiter
            .run({ purpose: 'page', background, work: ask })
            .catch(limited)
            .finally(() => people.delete(number)),
        )
      }
      await clock.through(Promise.all(work))
    }),
    { numRuns: runs(100) },
  )
})

function limited(error: unknown): string {
  if (error instanceof RateLimitedError) return 'told to wait'
  throw error
}

function slow(memory: LimiterMemory, clock: HandClock, way: () => number): LimiterMemory {
  return {
    ...memory,
    async meter(name, entry) {
      await clock.sleep(way())
      const reading = await memory.meter(name, entry)
      await clock.sleep(way())
      return reading
    },
  }
}
