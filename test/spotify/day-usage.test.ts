import { describe, expect, test } from 'vitest'
import { HttpError } from '../../src/http.ts'
import { RateLimitedError, SpotifyDownError } from '../../src/spotify/errors.ts'
import { createRateLimiter, type Limits } from '../../src/spotify/rate-limit/limiter.ts'
import type { Purpose } from '../../src/spotify/rate-limit/queue.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const hour = 3_600_000
const day = 24 * hour

function setUp(limits: Limits = {}) {
  const clock = createHandClock()
  const memory = memoryOfOne(clock.now)
  const start = (now: Limits = limits, store = storeOf(memory)) => {
    const limiter = createRateLimiter(store, 'app', now, undefined, clock)
    return {
      limiter,
      usage: () => clock.through(limiter.usage()),
      async ask(purpose: Purpose, count: number) {
        const request = { background: purpose === 'roundup', purpose, work: async () => undefined }
        for (let asked = 0; asked < count; asked += 1) await clock.through(limiter.run(request))
      },
      /** Spotify has had enough for the day; its block is over when this resolves. */
      async refuse(reason: 'quota' | 'rate' = 'quota') {
        const until = clock.wall() + 1_000
        const work = () => Promise.reject(new RateLimitedError(until, reason))
        await clock.through(limiter.run({ purpose: 'page', background: false, work }).catch(() => undefined))
        await clock.pass(2_000)
      },
    }
  }
  return { clock, memory, start }
}

describe('the requests of a day', () => {
  test('are counted by purpose, in every process and over a restart, without a limit that anybody knows', async () => {
    const { clock, start } = setUp()
    const [one, other] = [start(), start()]
    await one.ask('page', 3)
    await other.ask('library', 20)
    await other.ask('roundup', 2)
    await one.ask('account', 1)
    await clock.pass(6_000)
    const counted = { used: 26, by: { page: 3, library: 20, roundup: 2, account: 1 }, limit: 1000, kind: 'assumed' }
    for (const process of [one, other, start()]) expect(await process.usage()).toEqual(counted)
    await clock.pass(day - hour)
    await one.ask('page', 1)
    expect(await other.usage()).toMatchObject({ used: 26 })
    await one.limiter.flush()
    expect(await start().usage()).toMatchObject({ used: 27 })
    await clock.pass(2 * hour)
    expect(await start().usage()).toMatchObject({ used: 1, by: { page: 1, library: 0 } })
  })

  test('are the sum of their parts, whatever is held for pages', async () => {
    const { clock, start } = setUp({ dailyRequests: 1_000 })
    const [one, other] = [start(), start()]
    await one.ask('page', 30)
    for (const used of [0, 30]) {
      await clock.pass(used * 200)
      expect(await other.usage()).toMatchObject({ used, by: { page: used } })
    }
  })

  test('are told when the program stops, however soon that is', async () => {
    const { start } = setUp()
    const { ask, limiter } = start()
    await ask('library', 200)
    await limiter.flush()
    expect(await start().usage()).toMatchObject({ used: 200 })
  })

  test('a store that never answers, or only fails, delays no page; nothing is said of the day then', async () => {
    const { clock, memory } = setUp()
    for (const meter of [() => new Promise<never>(() => undefined), () => Promise.reject(new Error('away'))]) {
      const limiter = createRateLimiter(storeOf({ ...memory, meter }), 'app', {}, undefined, clock)
      const before = clock.now()
      for (let asked = 0; asked < 1_500; asked += 1) {
        const page = limiter.run({ purpose: 'page', background: false, work: async () => 'page' })
        expect(await clock.through(page)).toBe('page')
      }
      expect(clock.now() - before).toBeLessThan(1_000)
    }
    const away = { ...memory, meter: () => Promise.reject(new Error('away')) }
    const limiter = createRateLimiter(storeOf(away), 'app', {}, undefined, clock)
    expect(await clock.through(limiter.usage())).toBeUndefined()
  })

  test('what the store did not take is told once it is back, once', async () => {
    const { clock, memory, start } = setUp()
    let isAway = true
    const meter: typeof memory.meter = async (...entry) => {
      if (isAway) throw new Error('away')
      return memory.meter(...entry)
    }
    const limiter = createRateLimiter(storeOf({ ...memory, meter }), 'app', {}, undefined, clock)
    for (let asked = 0; asked < 7; asked += 1)
      await clock.through(limiter.run({ purpose: 'page', background: false, work: async () => undefined }))
    await clock.pass(20_000)
    isAway = false
    await clock.pass(6_000)
    expect(await start().usage()).toMatchObject({ used: 7, by: { page: 7 } })
  })
})

describe('a refusal for the day', () => {
  test('teaches how many Spotify answers: every process, over restarts, for a week', async () => {
    const { clock, start } = setUp()
    const [one, other] = [start(), start()]
    await one.ask('page', 300)
    await other.ask('library', 500)
    await other.limiter.flush()
    await one.refuse()
    const learned = { limit: 800, kind: 'learned' }
    for (const process of [one, other, start()]) expect(await process.usage()).toMatchObject(learned)
    await clock.pass(7 * day - hour)
    expect(await start().usage()).toMatchObject({ used: 0, kind: 'learned' })
    await clock.pass(2 * hour)
    for (const process of [one, start()]) expect(await process.usage()).toMatchObject({ kind: 'assumed' })
  })

  test('is learned above what was assumed, too, and rises with what is answered after all', async () => {
    const { clock, start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', 1144)
    await refuse()
    expect(await usage()).toMatchObject({ limit: 1144, kind: 'learned' })
    await clock.pass(day + hour)
    await ask('page', 1200)
    expect(await usage()).toMatchObject({ limit: 1200, kind: 'learned' })
    expect(await start().usage()).toMatchObject({ limit: 1200, kind: 'learned' })
  })

  test.each([
    [400, [400, 400, 500, 600, 900]],
    [1144, [1144, 1144, 1144, 1144, 1144]],
  ])('%i hold for a day; what is less than was assumed is given up by the end of the week', async (count, limits) => {
    const { clock, start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', count)
    await refuse()
    await clock.pass(-2_000)
    for (const [index, limit] of limits.entries()) {
      await clock.pass(index === limits.length - 1 ? 3 * day : index && day)
      expect(await usage()).toMatchObject({ limit, kind: 'learned' })
    }
  })

  test('counts as long as the operator sets the number that was set then', async () => {
    const { start } = setUp()
    const { ask, refuse } = start()
    await ask('page', 60)
    await refuse()
    expect(await start({ dailyRequests: 2_000 }).usage()).toMatchObject({ limit: 2_000, kind: 'set' })
    expect(await start().usage()).toMatchObject({ limit: 60, kind: 'learned' })
  })

  test('does not make an older number last', async () => {
    const { clock, start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', 600)
    await clock.pass(20 * hour)
    await refuse()
    for (const [count, limit] of [
      [300, 600],
      [0, 300],
    ] as const) {
      await clock.pass(23 * hour)
      await ask('page', count)
      await refuse()
      expect(await usage()).toMatchObject({ limit, kind: 'learned' })
    }
  })

  test('that the store does not take is in force, and is stored over an older one later', async () => {
    const { clock, memory, start } = setUp()
    let isAway = false
    const store = storeOf(memory)
    const set: typeof store.set = async (...record) => {
      if (isAway) throw new Error('away')
      await store.set(...record)
    }
    const { ask, refuse, usage } = start({}, { ...store, set })
    await ask('page', 1144)
    await refuse()
    await clock.pass(3 * day)
    await ask('page', 400)
    isAway = true
    await refuse()
    expect(await usage()).toMatchObject({ limit: 400, kind: 'learned' })
    isAway = false
    for (const process of [{ usage }, start()]) expect(await process.usage()).toMatchObject({ limit: 400 })
  })

  test('is forgotten in a week, also where the clock was a hundred days ahead then', async () => {
    const { clock, start } = setUp()
    clock.set(100 * day)
    const { ask, refuse, usage } = start()
    await ask('page', 60)
    await refuse()
    clock.set(-100 * day)
    for (const process of [{ usage }, start()]) expect(await process.usage()).toMatchObject({ limit: 60 })
    await clock.pass(7 * day + hour)
    for (const process of [{ usage }, start()]) expect(await process.usage()).toMatchObject({ kind: 'assumed' })
  })

  test('counts what was answered, be it that something is wrong, and not what was not', async () => {
    const { clock, start } = setUp()
    const { ask, refuse, usage, limiter } = start()
    await ask('page', 100)
    const none = new SpotifyDownError('no answer', { cause: new HttpError('no answer') })
    const failures = [none, new SpotifyDownError('answered 500'), new DOMException('left', 'AbortError')]
    for (const [index, failure] of failures.entries())
      for (let count = 0; count < 10 * (index + 1); count += 1) {
        const work = () => Promise.reject(failure)
        await clock.through(limiter.run({ purpose: 'page', background: false, work }).catch(() => undefined))
      }
    await refuse()
    expect(await usage()).toMatchObject({ used: 161, limit: 120 })
  })

  test('that goes on teaches nothing new, and refused requests are no answers', async () => {
    const { clock, start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', 600)
    await clock.pass(20 * hour)
    for (let again = 0; again < 4; again += 1) {
      await refuse()
      await clock.pass(5 * hour)
      await ask('page', 30)
      expect(await usage()).toMatchObject({ limit: 600, kind: 'learned' })
    }
  })

  test('is replaced by a later one, also by a lower one', async () => {
    const { clock, start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', 600)
    await refuse()
    await clock.pass(3 * day)
    await ask('page', 400)
    await refuse()
    expect(await usage()).toMatchObject({ limit: 400, kind: 'learned' })
  })

  test.each([
    ['after fewer than fifty', 49, 'quota'],
    ['of the window', 300, 'rate'],
  ] as const)('%s teaches nothing', async (_, count, reason) => {
    const { start } = setUp()
    const { ask, refuse, usage } = start()
    await ask('page', count)
    await refuse(reason)
    expect(await usage()).toMatchObject({ limit: 1000, kind: 'assumed' })
  })

  test('which the store did not take is stored later', async () => {
    const { clock, memory } = setUp()
    let isAway = true
    const store = storeOf(memory)
    const set: typeof store.set = async (...record) => {
      if (isAway) throw new Error('away')
      await store.set(...record)
    }
    const limiter = createRateLimiter({ ...store, set }, 'app', {}, undefined, clock)
    for (let asked = 0; asked < 60; asked += 1)
      await clock.through(limiter.run({ purpose: 'page', background: false, work: async () => undefined }))
    const work = () => Promise.reject(new RateLimitedError(clock.wall() + 1_000, 'quota'))
    await clock.through(limiter.run({ purpose: 'page', background: false, work }).catch(() => undefined))
    await clock.pass(2_000)
    isAway = false
    await clock.through(limiter.usage())
    const restarted = createRateLimiter(store, 'app', {}, undefined, clock)
    expect(await clock.through(restarted.usage())).toMatchObject({ limit: 60, kind: 'learned' })
  })

  test.each([
    [500, 300, { limit: 300, kind: 'learned' }],
    [200, 100, { limit: 100, kind: 'learned' }],
  ] as const)(
    'beside a limit of %i that is set, at %i: the smaller one counts',
    async (dailyRequests, count, counts) => {
      const { start } = setUp({ dailyRequests })
      const { ask, refuse, usage, limiter } = start()
      expect(await usage()).toMatchObject({ limit: dailyRequests, kind: 'set' })
      await ask('page', count)
      await refuse()
      expect(await usage()).toMatchObject(counts)
      // Pages go on to the operator's own.
      expect(limiter.state().day).toMatchObject({ limit: dailyRequests })
    },
  )
})
