import { describe, expect, test } from 'vitest'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createRateLimiter, type Limits } from '../../src/spotify/rate-limit/limiter.ts'
import { createFarSide, readMany, type Habits } from './far-side.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf, type LimiterMemory } from './memory.ts'

function setUp(
  limits: Limits = {},
  habits: Habits = {},
  change: (memory: LimiterMemory) => LimiterMemory = (one) => one,
) {
  const clock = createHandClock()
  const memory = change(memoryOfOne(clock.now))
  const another = () => createRateLimiter(storeOf(memory), 'app', limits, undefined, clock)
  const far = createFarSide(clock, habits)
  const limiter = another()
  const ask = (name: string, background = false, key?: string) =>
    limiter.run({ purpose: 'page', background, key, work: () => far.ask(name) }).catch((error: unknown) => error)
  return { clock, limiter, another, far, ask }
}

const refusedFor = (seconds: number) => () =>
  Promise.reject(new RateLimitedError(Date.UTC(2026, 10, 22) + seconds * 1000, 'rate'))

describe('people and background work', () => {
  test('while the window is full, people overtake the background work that came before them', async () => {
    const { clock, limiter, far, ask } = setUp({ windowRequests: 4 })
    await readMany(clock, limiter, far, 4)
    await clock.pass(29_000)
    const all = ['b1', 'b2', 'ana', 'ben'].map((name) => ask(name, name.startsWith('b') && name !== 'ben'))
    await clock.through(Promise.all(all))
    expect(far.arrived.slice(4)).toEqual(['ana', 'ben', 'b1', 'b2'])
  })

  test('nobody is kept waiting in vain: Ana is told at once until when, and background work waits for its turn', async () => {
    const { clock, limiter, far, ask } = setUp({ windowRequests: 4 })
    await readMany(clock, limiter, far, 4)
    const until = clock.now() + 30_000
    const before = clock.now()
    const refusal = await clock.through(ask('ana'))
    expect(clock.now() - before).toBeLessThan(100)
    expect(refusal).toMatchObject({ name: 'RateLimitedError', reason: 'rate' })
    expect(Math.abs((refusal as RateLimitedError).until - until)).toBeLessThan(1_000)
    expect(await clock.through(ask('reading', true))).toBe('reading')
    expect(clock.now()).toBeGreaterThan(until - 1_000)
  })

  test('somebody who has been asking finds room beside a reading that would take all', async () => {
    const { clock, limiter, far, ask } = setUp({ windowRequests: 48 }, { limit: 48 })
    await clock.through(Promise.all(['ana', 'ana', 'ana', 'ana'].map((name) => ask(name))))
    const reading = readMany(clock, limiter, far, 100)
    await clock.pass(5_000)
    expect(await Promise.all([ask('ben'), clock.pass(200)])).toEqual(['ben', undefined])
    await clock.through(reading)
    expect(far.refused).toHaveLength(0)
  })

  test('after a minute in the queue background work is told until when, too', async () => {
    const { clock, ask, limiter } = setUp()
    await clock.through(limiter.run({ purpose: 'page', background: true, work: refusedFor(50) }).catch(() => undefined))
    const waiting = ask('reading', true)
    await clock.pass(49_000)
    await limiter.recordBlock({ until: clock.now() + 40_000, reason: 'rate' })
    const refusal = await clock.through(waiting)
    expect(refusal).toMatchObject({ name: 'RateLimitedError', until: Date.UTC(2026, 10, 22) + 89_000 })
  })

  test('somebody who lets go leaves the queue; anybody else who waits for the same goes on', async () => {
    const { clock, limiter, far } = setUp({ windowRequests: 1 })
    await readMany(clock, limiter, far, 1)
    const leaving = new AbortController()
    const request = { purpose: 'page', background: true, key: 'the same', work: () => far.ask('same') } as const
    const one = limiter.run({ ...request, signal: leaving.signal }).catch((error: unknown) => error)
    const other = limiter.run(request)
    const alone = limiter
      .run({ purpose: 'page', background: true, signal: leaving.signal, work: () => far.ask('alone') })
      .catch(() => 'gone')
    await clock.pass(1_000)
    leaving.abort(new Error('unlinked'))
    expect(await one).toMatchObject({ message: 'unlinked' })
    expect(await alone).toBe('gone')
    expect(await clock.through(other)).toBe('same')
    expect(far.arrived).toEqual(['', 'same'])
  })
})

describe('the same request twice at once', () => {
  test('is one request, and what one learns the other learns', async () => {
    const { clock, far, ask } = setUp()
    expect(
      await clock.through(Promise.all([ask('a', false, 'k'), ask('b', true, 'k'), ask('c', false, 'other')])),
    ).toEqual(['a', 'a', 'c'])
    expect(far.arrived).toEqual(['a', 'c'])
    await clock.through(ask('later', false, 'k'))
    expect(far.arrived).toEqual(['a', 'c', 'later'])
  })

  test('is a person’s as soon as a person waits for it', async () => {
    const { clock, limiter, far, ask } = setUp({ windowRequests: 1 })
    await readMany(clock, limiter, far, 1)
    await clock.pass(29_000)
    const all = [ask('reading', true), ask('page', true, 'page'), ask('page', false, 'page')]
    await clock.through(Promise.all(all))
    expect(far.arrived.slice(1)).toEqual(['page', 'reading'])
  })
})

describe('a block', () => {
  test('lets nothing through until it is over; what was in flight by then is all that was sent', async () => {
    const { clock, limiter, far, ask } = setUp()
    const refused = limiter
      .run({ purpose: 'page', background: false, work: refusedFor(9) })
      .catch((error: unknown) => error)
    const under = ask('in flight')
    expect(await clock.through(refused)).toBeInstanceOf(RateLimitedError)
    await clock.through(under)
    expect(await clock.through(ask('ana'))).toMatchObject({ name: 'RateLimitedError' })
    const waiting = ask('reading', true)
    await clock.pass(7_000)
    expect(far.arrived).toEqual(['in flight'])
    expect(limiter.state()).toMatchObject({ blocked: { reason: 'rate' }, waiting: { interactive: 0, background: 1 } })
    expect(await clock.through(Promise.all([ask('ben'), waiting]))).toEqual(['ben', 'reading'])
  })

  test('of hours is honoured by another process within a second, and by the next one from the start', async () => {
    const { clock, limiter, another, far } = setUp()
    const other = another()
    await clock.through(other.run({ purpose: 'page', background: false, work: () => far.ask() }))
    await limiter.recordBlock({ until: clock.now() + 79_892_000, reason: 'quota' })
    await clock.pass(1_000)
    for (const one of [other, another()]) {
      await expect(
        clock.through(one.run({ purpose: 'page', background: true, work: () => far.ask() })),
      ).rejects.toMatchObject({
        reason: 'quota',
      })
      await expect(clock.through(one.checkBlocked())).rejects.toMatchObject({ reason: 'quota' })
    }
    expect(far.arrived).toHaveLength(1)
  })
})

describe('a store that is away', () => {
  const away = (memory: LimiterMemory): LimiterMemory => ({
    ...memory,
    load: () => Promise.reject(new Error('away')),
    save: () => Promise.reject(new Error('away')),
    meter: () => Promise.reject(new Error('away')),
  })

  test('fails nobody: the window is kept by what this process knows', async () => {
    const { clock, limiter, far } = setUp({ windowRequests: 10 }, { limit: 10 }, away)
    expect(await readMany(clock, limiter, far, 45)).toBeLessThan(120_000 * 1.03)
    expect(far.refused).toHaveLength(0)
  })

  test('and a block is remembered here', async () => {
    const { clock, limiter, ask } = setUp({}, {}, away)
    await clock.through(limiter.run({ purpose: 'page', background: false, work: refusedFor(9) }).catch(() => undefined))
    expect(await clock.through(ask('ana'))).toMatchObject({ name: 'RateLimitedError' })
  })
})
