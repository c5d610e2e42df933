import { beforeEach, expect, test } from 'vitest'
import { createLibrary, type Library } from '../../src/library/library.ts'
import { anchorAt } from '../../src/library/page.ts'
import { BudgetError } from '../../src/spotify/errors.ts'
import { createRateLimiter, type RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { memoryOfOne, storeOf } from '../spotify/memory.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { sentenceOf } from '../world/english.ts'
import { wordsFilter } from '../../src/library/search.ts'

const minute = 60_000

let limiter: RateLimiter
let list: ListFixture
let library: Library
let now: number

/** Ana's songs, through an app whose day has 30 requests for readings. */
function setUp(size: number): void {
  now = Date.now()
  limiter = createRateLimiter(storeOf(memoryOfOne()), 'app', { dailyRequests: 40 })
  list = createListFixture(songsOf(size), limiter)
  library = createLibrary(list.accounts, () => now, waitLimit)
}
beforeEach(() => setUp(480))

const search = () => library.find('ana', wordsFilter('song'), { offset: 0 }).catch((error: unknown) => error)

async function spendOnPages(count: number): Promise<void> {
  for (let page = 0; page < count; page += 1) await list.answer(0)
  list.asked.length = 0
}

test('ten requests need room as well, and asking again costs none until a quarter of an hour has passed', async () => {
  await spendOnPages(25)
  const told = await search()
  expect(told).toBeInstanceOf(BudgetError)
  expect(told).toMatchObject({ needed: 9, left: 4 })
  expect(list.asked).toHaveLength(1)
  now += 14 * minute
  expect(await search()).toBe(told)
  expect(list.asked).toHaveLength(1)
  now += 2 * minute
  expect(await search()).toMatchObject({ name: 'RateLimitedError' })
  expect(list.asked.length).toBeGreaterThan(1)
  expect((await limiter.usage())?.used).toBeLessThanOrEqual(30)
})

test('where nothing is left, nothing is asked, and what is known of the size is told', async () => {
  await library.newest('ana', { offset: 0 })
  await spendOnPages(30)
  expect(await search()).toMatchObject({ needed: 10, left: 0 })
  expect(list.asked).toEqual([])
})

test('what is in hand is searched as of its time, for no request, where it may not be brought up to date', async () => {
  await search()
  await spendOnPages(26)
  list.songs.unshift(songOf(500))
  now += 6 * minute
  for (let again = 0; again < 2; again += 1)
    expect(await search()).toMatchObject({ total: 480, asOf: now - 6 * minute })
  expect(list.asked).toEqual([])
})

test('a library that no day has room for is not begun where nothing is kept', async () => {
  setUp(1600)
  expect(await search()).toMatchObject({ needed: 31, isPossible: false })
  expect(list.asked).toHaveLength(1)
})

test('a page that is fetched ahead counts as a page, and what somebody has saved lately for a roundup', async () => {
  const page = await library.newest('ana', { offset: 0 })
  const anchor = anchorAt(page.songs.at(-1) ?? expect.unreachable(), 9)
  for (let offset = 10; offset < 50; offset += 10) await library.page('ana', { offset, anchor })
  await expect.poll(() => limiter.usage()).toMatchObject({ used: 2, by: { page: 2, roundup: 0 } })
  now += 6 * minute
  await library.since('ana', songOf(470).addedAt ?? 0)
  expect(await limiter.usage()).toMatchObject({ used: 3, by: { page: 2, roundup: 1 } })
})

test.each([
  [
    undefined,
    0,
    true,
    'nothing is left of my daily limit for Spotify, shared with everybody who uses me. Please try again',
  ],
  [
    1,
    0,
    true,
    'takes about 1 request, and none is left of my daily limit for Spotify, shared with everybody who uses me. I can do it',
  ],
  [
    62,
    28,
    true,
    'takes about 62 requests, and 28 are left of my daily limit for Spotify, shared with everybody who uses me. I can do it',
  ],
  [
    800,
    749,
    false,
    "That is more than my daily limit for Spotify, shared with everybody who uses me, so it won't be possible",
  ],
] as const)('where %s requests are needed, and %i are left, the sentence says so', (needed, left, isPossible, says) => {
  const sentence = sentenceOf(new BudgetError(now, needed, left, isPossible))
  expect(sentence).toContain(`${says} <t:${Math.ceil(now / 1000)}:R>`)
  expect(sentence).toMatch(/`\/liked recent` and `\/liked when` work right now\.$/)
})
