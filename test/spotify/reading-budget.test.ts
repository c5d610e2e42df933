import fc from 'fast-check'
import PQueue from 'p-queue'
import { describe, expect, test } from 'vitest'
import { BudgetError } from '../../src/spotify/errors.ts'
import { createRateLimiter, type Limits, type RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import type { Purpose } from '../../src/spotify/rate-limit/queue.ts'
import type { ReadingOptions } from '../../src/spotify/rate-limit/reading-budget.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'
import { runs } from '../world/runs.ts'

const hour = 3_600_000
const cold = { isUpdate: false, isKept: true }

function setUp(limits: Limits = {}) {
  const clock = createHandClock()
  const memory = memoryOfOne(clock.now)
  const start = () => createRateLimiter(storeOf(memory), 'app', limits, undefined, clock)
  const ask = (limiter: RateLimiter, purpose: Purpose = 'page', admit?: () => void) =>
    limiter.run({ background: purpose === 'library', purpose, admit, work: () => clock.sleep(60) })
  const pages = (limiter: RateLimiter, count: number) =>
    clock.through(runConcurrently(Array.from({ length: count }), 50, () => ask(limiter)))
  /** As the library does: one tells the size, then room is taken for the others. How many it asked and why it ended. */
  async function read(limiter: RateLimiter, requests: number, options: Partial<ReadingOptions> = {}) {
    const reading = limiter.startReading({ isUpdate: false, isKept: true, ...options })
    let asked = 0
    const one = async (): Promise<void> => {
      await reading.run((admit) => ask(limiter, 'library', admit))
      asked += 1
    }
    const work = async (): Promise<unknown> => {
      await one()
      await reading.plan(requests - 1)
      await runConcurrently(Array.from({ length: requests - 1 }), 8, one)
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
    expect(await clock.through(read(limiter, 101))).toMatchObject({ asked: 1, error: { needed: 100, left: 99 } })
    expect(await clock.through(read(limiter, 99))).toEqual({ asked: 99, error: undefined })
    expect(await clock.through(limiter.usage())).toMatchObject({ used: most, by: { library: 100 } })
    for (const about of [undefined, 5]) {
      const { asked, error } = await clock.through(read(limiter, 2, { about }))
      expect([asked, error]).toEqual([0, expect.any(BudgetError)])
      expect(error).toMatchObject({ needed: about, left: 0 })
    }
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
    // Each of them has told its size by one request.
    expect(await untilOf(51)).toBe(24)
    expect(await untilOf(347)).toBe(24)
    expect(await untilOf(348)).toBe(29)
    await clock.pass(20 * hour)
    expect(await clock.through(read(limiter, 347))).toEqual({ asked: 347, error: undefined })
  })

  test('can be made at the time that is told, with the request that tells its size', async () => {
    const { clock, start, read } = setUp()
    const limiter = start()
    for (let person = 0; person < 3; person += 1)
      expect(await clock.through(read(limiter, 200))).toEqual({ asked: 200, error: undefined })
    const { error } = await clock.through(read(limiter, 200))
    await clock.pass((error as BudgetError).until - clock.wall())
    expect(await clock.through(read(limiter, 200))).toEqual({ asked: 200, error: undefined })
  })

  test.each([
    [800, 10],
    [895, 5],
    [900, 0],
  ])(
    'of what is new, where %i requests were made: ten, and never beyond nine tenths of the day',
    async (spent, most) => {
      const { clock, start, pages, ask } = setUp()
      const limiter = start()
      await pages(limiter, spent)
      const update = () => limiter.startReading({ ...cold, isUpdate: true })
      const reading = update()
      const one = (of = reading) => clock.through(of.run((admit) => ask(limiter, 'library', admit)))
      for (let count = 0; count < most; count += 1) await one()
      await expect(one()).rejects.toThrow(BudgetError)
      if (most < 10) await expect(one(update())).rejects.toThrow(BudgetError)
      expect(await clock.through(limiter.usage())).toMatchObject({ used: spent + most })
    },
  )

  test('of what is new takes room as soon as it is more than ten requests', async () => {
    const { clock, start, pages } = setUp()
    const limiter = start()
    await pages(limiter, 745)
    await clock.through(limiter.startReading({ ...cold, isUpdate: true }).plan(10))
    await expect(clock.through(limiter.startReading({ ...cold, isUpdate: true }).plan(11))).rejects.toMatchObject({
      left: 5,
    })
  })

  test('keeps its room while it is read: another one is told, and gets it when the first ends early', async () => {
    const { clock, start, read } = setUp()
    const limiter = start()
    const first = limiter.startReading(cold)
    await clock.through(first.plan(500))
    const { asked, error } = await clock.through(read(limiter, 251))
    expect([asked, error]).toEqual([1, expect.objectContaining({ left: 249, until: clock.wall() + 60_000 })])
    first.end()
    expect(await clock.through(read(limiter, 251))).toEqual({ asked: 251, error: undefined })
  })

  test('keeps it in the other processes too, as long as it lives', async () => {
    const { clock, start, read } = setUp()
    const [one, other] = [start(), start()]
    await clock.through(one.startReading(cold).plan(500))
    for (const [tries, minutes] of [0, 5, 60].entries()) {
      await clock.pass(minutes * 60_000)
      expect(await clock.through(read(other, 251))).toMatchObject({ asked: 1, error: { left: 249 - tries } })
    }
  })

  test('of a process that died keeps its room for ten minutes', async () => {
    const { clock, memory, start, read } = setUp()
    const stopped = { ...clock, after: () => () => undefined }
    const dead = createRateLimiter(storeOf(memory), 'app', {}, undefined, stopped)
    await clock.through(dead.startReading(cold).plan(500))
    await clock.pass(9 * 60_000)
    expect(await clock.through(read(start(), 251))).toMatchObject({ asked: 1 })
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
      expect(new Set(both.map(({ asked }) => asked))).toEqual(new Set([1, 400]))
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
    expect(await clock.through(read(limiter, 800))).toMatchObject({ asked: 1, error: { needed: 799, left: 198 } })
  })

  test('of a library that one more than the room of a day takes is begun, though its first request is made', async () => {
    const { clock, start, read } = setUp()
    expect(await clock.through(read(start(), 751))).toMatchObject({ asked: 750, error: { needed: 1, left: 0 } })
  })

  test('is told the time by what was asked a moment ago as well', async () => {
    const { clock, start, pages, read } = setUp()
    const limiter = start()
    await pages(limiter, 300)
    await clock.pass(5 * hour)
    await pages(limiter, 450)
    const { error } = await clock.through(read(limiter, 100, { about: 100 }))
    expect(Math.round(((error as BudgetError).until - clock.wall()) / hour)).toBe(19)
  })

  test.each([800, 1_600])(
    'of %i that is broken off is told when there is room again, whatever is under way',
    async (requests) => {
      const { clock, start, read } = setUp()
      const { error } = await clock.through(read(start(), requests))
      expect(Math.round(((error as BudgetError).until - clock.wall()) / hour)).toBe(24)
    },
  )

  test('of a library that no day has room for is not begun where nothing is kept', async () => {
    const { clock, start, read } = setUp()
    const limiter = start()
    const kept = { isKept: false }
    expect(await clock.through(read(limiter, 750, kept))).toEqual({ asked: 750, error: undefined })
    await clock.pass(25 * hour)
    expect(await clock.through(read(limiter, 751, kept))).toMatchObject({
      asked: 1,
      error: { needed: 750, left: 749, isPossible: false },
    })
  })

  test('of a library that no day of a small app has room for is begun once a whole day is there', async () => {
    const { clock, start, pages, read } = setUp({ dailyRequests: 40 })
    const limiter = start()
    await pages(limiter, 1)
    const { asked, error } = await clock.through(read(limiter, 63))
    expect([asked, error]).toEqual([1, expect.any(BudgetError)])
    const { until, needed, left } = error as BudgetError
    expect([needed, left]).toEqual([62, 28])
    await clock.pass(until - clock.wall())
    expect(await clock.through(read(limiter, 63))).toMatchObject({ asked: 30, error: { needed: 33, left: 0 } })
  })

  test('frees its room for the next process when the program stops', async () => {
    const { clock, start, ask, read } = setUp()
    const limiter = start()
    const reading = limiter.startReading(cold)
    await clock.through(reading.plan(500))
    const one = () => reading.run((admit) => ask(limiter, 'library', admit))
    await clock.through(runConcurrently(Array.from({ length: 50 }), 8, one))
    reading.end()
    await clock.through(limiter.flush())
    expect(await clock.through(read(start(), 450))).toEqual({ asked: 450, error: undefined })
  })

  test('of a process that dies leaves all but fifty of its requests to be counted', async () => {
    const { clock, memory, start, ask } = setUp()
    const stopped = { ...clock, after: () => () => undefined }
    const dead = createRateLimiter(storeOf(memory), 'app', {}, undefined, stopped)
    const reading = dead.startReading(cold)
    await clock.through(reading.plan(349))
    const one = () => reading.run((admit) => ask(dead, 'library', admit))
    await clock.through(runConcurrently(Array.from({ length: 349 }), 8, one))
    await clock.pass(11 * 60_000)
    const { by } = (await clock.through(start().usage())) ?? {}
    expect(by?.library).toBeGreaterThanOrEqual(349 - 50 - 8)
  })

  test('goes by what this process knows while the store is away', async () => {
    const clock = createHandClock()
    const away = () => Promise.reject(new Error('away'))
    const limiter = createRateLimiter({ get: away, set: away, meter: away }, 'app', {}, undefined, clock)
    const reading = limiter.startReading(cold)
    await clock.through(reading.plan(750))
    await expect(clock.through(limiter.startReading(cold).plan(11))).rejects.toMatchObject({ needed: 11, left: 0 })
  })
})

const act = fc.oneof(
  fc.record({ kind: fc.constant('pages' as const), count: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constantFrom('whole', 'update'), count: fc.integer({ min: 1, max: 300 }) }),
)
const step = fc.record({ act, after: fc.oneof(fc.nat(500), fc.nat(2 * hour)) })

test('however pages and readings come: no page is refused or waits, and no reading goes beyond its share', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
      const { clock, start } = setUp()
      const limiter = start()
      // As the library does for one app.
      const queue = new PQueue({ concurrency: 8 })
      const sent: number[] = []
      const used = (): number => sent.filter((at) => at > clock.now() - 24 * hour).length
      const read = async (requests: number, isUpdate: boolean): Promise<void> => {
        const reading = limiter.startReading({ isUpdate, isKept: true })
        let begun = 0
        const work = async (): Promise<void> => {
          sent.push(clock.now())
          begun += 1
          expect(used()).toBeLessThanOrEqual(isUpdate && begun <= 10 ? 900 : 750)
          await clock.sleep(60)
        }
        const one = (): Promise<void> =>
          queue.add(() => reading.run((admit) => limiter.run({ background: true, purpose: 'library', admit, work })))
        try {
          await one()
          await reading.plan(requests - 1)
          await Promise.all(Array.from({ length: requests - 1 }, one))
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
        if (act.kind !== 'pages') work.push(read(act.count, act.kind === 'update'))
        else
          for (let count = 0; count < act.count; count += 1)
            work.push(limiter.run({ purpose: 'page', background: false, work: page }))
      }
      await clock.through(Promise.all(work))
    }),
    { numRuns: runs(60) },
  )
})
