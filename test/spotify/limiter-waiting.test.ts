import { expect, test } from 'vitest'
import { createRateLimiter, type Limits } from '../../src/spotify/rate-limit/limiter.ts'
import { createHandClock } from './hand-clock.ts'
import { memoryOfOne, storeOf } from './memory.ts'

const never = () => new Promise<never>(() => undefined)

test.each<[string, Limits]>([
  ['without a known limit', {}],
  ['with a window', { windowRequests: 8 }],
])('%s, an arrival among ten thousand that wait is as little work as one among ten', async (_, limits) => {
  const work = async (waiting: number): Promise<{ looks: number; told: number }> => {
    const clock = createHandClock()
    let looks = 0
    let told = 0
    const counting = { ...clock, now: () => ((looks += 1), clock.now()) }
    const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', limits, undefined, counting)
    const request = { purpose: 'page', background: true, work: never, waits: () => void (told += 1) } as const
    for (let count = 0; count < waiting; count += 1) void limiter.run(request)
    await settled()
    expect(limiter.state().waiting.background).toBe(waiting - 8)
    looks = told = 0
    void limiter.run(request)
    await settled()
    return { looks, told }
  }
  const few = await work(10)
  expect(few.looks).toBeGreaterThan(0)
  expect(few.told).toBeLessThanOrEqual(1)
  expect(await work(10_000)).toEqual(few)
})

test('everybody who waits is told until when, once for each time', async () => {
  const clock = createHandClock()
  const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', {}, undefined, clock)
  const told: number[][] = [[], []]
  const ask = (times: number[] | undefined) =>
    limiter.run({
      purpose: 'page',
      background: true,
      work: async () => 'answered',
      waits: (until) => times?.push(until),
    })
  await limiter.recordBlock({ until: clock.wall() + 20_000, reason: 'rate' })
  const first = ask(told[0])
  await clock.pass(5_000)
  const second = ask(told[1])
  await clock.pass(5_000)
  await limiter.recordBlock({ until: clock.wall() + 30_000, reason: 'rate' })
  expect(await clock.through(Promise.all([first, second]))).toEqual(['answered', 'answered'])
  const start = clock.wall() - 40_000
  expect(told.map((times) => times.map((until) => until - start))).toEqual([
    [20_000, 40_000],
    [20_000, 40_000],
  ])
})

test('nobody waits for longer because the one before has more time', async () => {
  const clock = createHandClock()
  const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', { windowRequests: 1 }, undefined, clock)
  void limiter.run({ purpose: 'page', background: false, work: never })
  await clock.pass(0)
  const gone = new AbortController()
  const page = { purpose: 'page', background: true, key: 'page', work: never } as const
  const leaves = limiter.run({ ...page, signal: gone.signal }).catch(() => clock.now())
  const behind = limiter.run({ purpose: 'page', background: true, work: never }).catch(() => clock.now())
  const begun = clock.now()
  await clock.pass(30_000)
  const late = limiter.run(page).catch(() => clock.now())
  gone.abort(new Error('unlinked'))
  expect(await leaves).toBe(begun + 30_000)
  expect(await clock.through(behind)).toBe(begun + 60_000)
  expect(await clock.through(late)).toBe(begun + 90_000)
})

test('a person who lets go takes an own request out of the queue, and leaves a shared one to those behind', async () => {
  const clock = createHandClock()
  const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', { windowRequests: 1 }, undefined, clock)
  void limiter.run({ purpose: 'page', background: false, work: never })
  await clock.pass(0)
  const gone = new AbortController()
  const asks = (key: string, background: boolean, signal?: AbortSignal) =>
    limiter.run({ purpose: 'page', background, key, signal, work: never }).catch(() => 'gone')
  void asks('shared', true)
  const left = [asks('own', false, gone.signal), asks('shared', false, gone.signal)]
  await clock.pass(0)
  expect(limiter.state().waiting).toEqual({ interactive: 2, background: 0 })
  gone.abort(new Error('left'))
  expect(await Promise.all(left)).toEqual(['gone', 'gone'])
  expect(limiter.state().waiting).toEqual({ interactive: 0, background: 1 })
})

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

test.each([
  ['first', 0],
  ['last', 1],
])(
  'a reading without room that asks %s spoils nothing for a roundup that waits for the same page',
  async (_, place) => {
    const clock = createHandClock()
    const limiter = createRateLimiter(storeOf(memoryOfOne(clock.now)), 'app', {}, undefined, clock)
    let sent = 0
    const page = { purpose: 'library', background: true, key: 'page', work: async () => (sent += 1) } as const
    const admit = (): never => {
      throw new Error('no room')
    }
    const reading = { ...page, admit }
    await limiter.recordBlock({ until: clock.wall() + 5_000, reason: 'rate' })
    const both = [page, page].with(place, reading).map((request) => limiter.run(request))
    expect(await clock.through(Promise.all(both))).toEqual([1, 1])
    await expect(clock.through(Promise.all([limiter.run(reading), limiter.run(reading)]))).rejects.toThrow('no room')
    expect(sent).toBe(1)
  },
)
