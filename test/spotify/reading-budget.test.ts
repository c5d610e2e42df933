import fc from 'fast-check'
import PQueue from 'p-queue'
import { describe, expect, test } from 'vitest'
import { BudgetError } from '../../src/spotify/errors.ts'
import { createRateLimiter, type Limits, type RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import type { Purpose } from '../../src/spotify/rate-limit/queue.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const hour = 3_600_000

function setUp(limits: Limits = {}) {
  const clock = createHandClock()
  const memory = memoryOfOne(clock.now)
  const start = () => createRateLimiter(storeOf(memory), 'app', limits, undefined, clock)
  const ask = (limiter: RateLimiter, purpose: Purpose = 'page') =>
    limiter.run({ background: purpose === 'library', purpose, work: () => clock.sleep(60) })
  const pages = (limiter: RateLimiter, count: number) =>
    clock.through(runConcurrently(Array.from({ length: count }), 50, () => ask(limiter)))
  /** As many as it may; how many it asked and why it ended. */
  async function read(limiter: RateLimiter, requests: number, plan = requests) {
    const reading = limiter.startReading()
    let asked = 0
    const work = async (): Promise<unknown> => {
      await reading.plan(plan)
      await runConcurrently(Array.from({ length: requests }), 8, async () => {
        await reading.ask()
        asked += 1
        await ask(limiter, 'library')
      })
      return undefined
    }
    const error = await work().catch((reason: unknown) => reason)
    reading.end()
    return { asked, error }
  }
  return { clock, memory, start, ask, pages, read }
}

describe('a whole reading', () => {
  test.each([
    ['assumed', {}, 750],
    ['set', { dailyRequests: 400 }, 300],
  ] as const)('has three quarters of a day whose limit is %s', async (_, limits, most) => {
    const { clock, start, pages, read } = setUp(limits)
    const limiter = start()
    await pages(limiter, most - 100)
    expect(await clock.through(read(limiter, 101))).toMatchObject({ asked: 0, error: { needed: 101, left: 100 } })
    expect(await clock.through(read(limiter, 100))).toEqual({ asked: 100, error: undefined })
    expect(await clock.through(limiter.usage())).toMatchObject({ used: most, by: { library: 100 } })
    const { asked, error } = await clock.through(read(limiter, 11))
    expect([asked, error]).toEqual([0, expect.any(BudgetError)])
    // Pages go on.
    await pages(limiter, 50)
  })

  test('is told when so much room will be there: as soon as enough of what was asked is a day old', async () => {
    const { clock, start, pages, read } = setUp()
    const limiter = start()
    const begun = clock.now()
    await pages(limiter, 300)
    await clock.pass(5 * hour)
    await pages(limiter, 400)
    const untilOf = async (requests: number) => {
      const { error } = await clock.through(read(limiter, requests))
      return error instanceof BudgetError ? Math.round((error.until - begun) / hour) : undefined
    }
    expect(await untilOf(51)).toBe(24)
    expect(await untilOf(350)).toBe(24)
    expect(await untilOf(351)).toBe(29)
    await clock.pass(20 * hour)
    expect(await clock.through(read(limiter, 350))).toEqual({ asked: 350, error: undefined })
  })

  test('goes on with ten requests where nothing is left, as most updates take', async () => {
    const { clock, start, pages, ask } = setUp()
    const limiter = start()
    await pages(limiter, 900)
    const reading = limiter.startReading()
    for (let count = 0; count < 10; count += 1) {
      await clock.through(reading.ask())
      await clock.through(ask(limiter, 'library'))
    }
    await expect(clock.through(reading.ask())).rejects.toThrow(BudgetError)
  })

  test('keeps its room while it is read: another one is told, and gets it when the first ends early', async () => {
    const { clock, start, read } = setUp()
    const limiter = start()
    const first = limiter.startReading()
    await clock.through(first.plan(500))
    expect(await clock.through(read(limiter, 251))).toMatchObject({ asked: 0, error: { left: 250 } })
    first.end()
    expect(await clock.through(read(limiter, 251))).toEqual({ asked: 251, error: undefined })
  })

  test('keeps it in the other processes too, as long as it lives', async () => {
    const { clock, start, read } = setUp()
    const [one, other] = [start(), start()]
    await clock.through(one.startReading().plan(500))
    for (const minutes of [0, 5, 60]) {
      await clock.pass(minutes * 60_000)
      expect(await clock.through(read(other, 251))).toMatchObject({ asked: 0, error: { left: 250 } })
    }
  })

  test('of a process that died keeps its room for ten minutes', async () => {
    const { clock, memory, start, read } = setUp()
    const stopped = { ...clock, after: () => () => undefined }
    const dead = createRateLimiter(storeOf(memory), 'app', {}, undefined, stopped)
    await clock.through(dead.startReading().plan(500))
    await clock.pass(9 * 60_000)
    expect(await clock.through(read(start(), 251))).toMatchObject({ asked: 0 })
    await clock.pass(2 * 60_000)
    expect(await clock.through(read(start(), 251))).toEqual({ asked: 251, error: undefined })
  })

  test('of two that come at once and fit one by one only, one is read', async () => {
    const { clock, start, read } = setUp()
    const [one, other] = [start(), start()]
    for (const [here, there] of [
      [one, one],
      [one, other],
    ] as const) {
      const both = await clock.through(Promise.all([read(here, 400), read(there, 400)]))
      expect(new Set(both.map(({ asked }) => asked))).toEqual(new Set([0, 400]))
      await clock.pass(25 * hour)
    }
  })

  test('of a library that no day has room for is begun where that is worth it, and broken off', async () => {
    const { clock, start, pages, read } = setUp()
    const limiter = start()
    await pages(limiter, 100)
    expect(await clock.through(read(limiter, 800))).toMatchObject({ asked: 650, error: { needed: 150, left: 0 } })
    await clock.pass(25 * hour)
    await pages(limiter, 551)
    expect(await clock.through(read(limiter, 800))).toMatchObject({ asked: 0, error: { needed: 800, left: 199 } })
  })

  test('of a library that no day of a small app has room for is begun once a whole day is there', async () => {
    const { clock, start, pages, read } = setUp({ dailyRequests: 40 })
    const limiter = start()
    await pages(limiter, 1)
    const { asked, error } = await clock.through(read(limiter, 63))
    expect([asked, error]).toEqual([0, expect.any(BudgetError)])
    const { until, needed, left } = error as BudgetError
    expect([needed, left]).toEqual([63, 29])
    await clock.pass(until - clock.wall())
    expect(await clock.through(read(limiter, 63))).toMatchObject({ asked: 30, error: { needed: 33, left: 0 } })
  })

  test('goes by what this process knows while the store is away', async () => {
    const clock = createHandClock()
    const away = () => Promise.reject(new Error('away'))
    const limiter = createRateLimiter({ get: away, set: away, meter: away }, 'app', {}, undefined, clock)
    const reading = limiter.startReading()
    await clock.through(reading.plan(750))
    await expect(clock.through(limiter.startReading().plan(11))).rejects.toMatchObject({ needed: 11, left: 0 })
  })
})

const act = fc.oneof(
  fc.record({ kind: fc.constant('pages' as const), count: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constant('reading' as const), count: fc.integer({ min: 1, max: 300 }) }),
)
const step = fc.record({ act, after: fc.oneof(fc.nat(500), fc.nat(2 * hour)) })

test('however pages and readings come: no page is refused or waits, and no reading goes beyond three quarters', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const { clock, start } = setUp()
      const limiter = start()
      // As the library does for one app.
      const queue = new PQueue({ concurrency: 8 })
      const sent: number[] = []
      const used = (): number => sent.filter((at) => at > clock.now() - 24 * hour).length
      const read = async (requests: number): Promise<void> => {
        const reading = limiter.startReading()
        const one = (_: undefined, index: number): Promise<void> =>
          queue.add(async () => {
            await reading.ask()
            const work = async (): Promise<void> => {
              sent.push(clock.now())
              if (index >= 10) expect(used()).toBeLessThanOrEqual(750 + 8)
              await clock.sleep(60)
            }
            await limiter.run({ background: true, purpose: 'library', work })
          })
        try {
          if (requests > 10) await reading.plan(requests)
          await Promise.all(Array.from({ length: requests }, () => undefined).map(one))
        } catch (error) {
          if (!(error instanceof BudgetError)) throw error
        } finally {
          reading.end()
        }
      }
      const work: Promise<unknown>[] = []
      for (const { act, after } of steps) {
        await clock.pass(after)
        const now = clock.now()
        const page = async (): Promise<void> => {
          sent.push(now)
          expect(clock.now()).toBe(now)
        }
        if (act.kind === 'reading') work.push(read(act.count))
        else
          for (let count = 0; count < act.count; count += 1) work.push(limiter.run({ background: false, work: page }))
      }
      await clock.through(Promise.all(work))
    }),
    { numRuns: 60 },
  )
})
