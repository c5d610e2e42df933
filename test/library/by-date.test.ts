import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { createLibrary, type Library } from '../../src/library/library.ts'
import { anchorAt } from '../../src/library/page.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { runs } from '../world/runs.ts'
import { wordsFilter } from '../../src/library/search.ts'

const hour = 3_600_000
let list: ListFixture
let library: Library
const begin = (songs: Song[]): void => {
  list = createListFixture(songs)
  const now = Date.now()
  // A search waits for as long as it takes, and nothing in hand gets older meanwhile.
  library = createLibrary(list.accounts, () => now, waitLimit)
}
/** When the song of that number was liked. */
const at = (number: number): number => songOf(number).addedAt ?? 0
const hours = (number: number, count: number) => ({ from: at(number), to: at(number) + count * hour })

describe('the page of a time, in 10,000 songs liked an hour apart', () => {
  beforeEach(() => begin(songsOf(10_000)))

  test.each([
    ['an hour in the middle', hours(5000, 1), 'in', 5000],
    ['a year', { from: at(1000), to: at(9760) }, 'in', 9759],
    ['half an hour without a like', { from: at(700) + 1, to: at(700) + hour / 2 }, 'nearest', 700],
    ['the newest like', hours(10_000, 1), 'in', 10_000],
    ['the oldest like', hours(1, 1), 'in', 1],
    ['tomorrow', hours(10_001, 24), 'after-last', 10_000],
    ['the day before the first', { from: at(1) - 24 * hour, to: at(1) }, 'before-first', 1],
    ['all time', { from: 0, to: at(20_000) }, 'in', 10_000],
    ['the edge of a block', hours(9950, 1), 'in', 9950],
  ] as const)('%s', async (_, period, found, number) => {
    const page = await library.byDate('ana', period)
    expect([page.found, page.total]).toEqual([found, 10_000])
    expect(numbersOn(page)).toContain(number)
    expect(list.asked.length).toBeLessThanOrEqual(11)
    const { offset, songs } = page
    const anchor = songs[0] && anchorAt(songs[0], offset)
    const turned = await library.page('ana', { offset, anchor })
    expect(turned.songs).toEqual(page.songs)
  })

  test('any time costs 11 requests at most, and fewer the second time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 2, max: 10_000 }), async (number) => {
        begin(list.songs)
        expect(numbersOn(await library.byDate('ana', hours(number, 1)))).toContain(number)
        const first = list.asked.length
        expect(first).toBeLessThanOrEqual(11)
        expect(numbersOn(await library.byDate('ana', hours(number - 1, 1)))).toContain(number - 1)
        expect(list.asked.length - first).toBeLessThanOrEqual(2)
      }),
      { numRuns: runs(60) },
    )
  })

  test('the song before one that was found costs two requests, also where it is the first of the next block', async () => {
    for (const number of [9951, 9901, 9951 - 5000, 101, 51, 52, 50, 2]) {
      begin(list.songs)
      await library.byDate('ana', hours(number, 1))
      const first = list.asked.length
      expect(numbersOn(await library.byDate('ana', hours(number - 1, 1)))).toContain(number - 1)
      expect(list.asked.length - first).toBeLessThanOrEqual(2)
    }
  })

  test('no song is said not to be sent where the whole library is in hand', async () => {
    await library.find('ana', wordsFilter('song'), { offset: 0 })
    for (const number of [10_000, 5000, 9951, 9950, 1]) {
      expect(await library.byDate('ana', hours(number, 1))).toMatchObject({ found: 'in', unread: 0 })
    }
    expect(await library.byDate('ana', hours(10_001, 24))).toMatchObject({ found: 'after-last', unread: 0 })
    expect(await library.random('ana')).toMatchObject({ unread: 0 })
  })

  test('nothing is asked where the whole library is cached', async () => {
    await library.find('ana', wordsFilter('song'), { offset: 0 })
    list.asked.length = 0
    expect(numbersOn(await library.byDate('ana', hours(1234, 1)))).toContain(1234)
    expect(list.asked).toEqual([])
  })
})

describe('the page of a time, elsewhere', () => {
  test('40,000 songs: 13 requests at most', async () => {
    for (const number of [3, 777, 20_001, 39_949, 39_951]) {
      begin(songsOf(40_000))
      expect(numbersOn(await library.byDate('ana', hours(number, 1)))).toContain(number)
      expect(list.asked.length).toBeLessThanOrEqual(13)
    }
  })

  test('an empty list', async () => {
    begin([])
    expect(await library.byDate('ana', hours(1, 1))).toMatchObject({ found: 'nearest', total: 0, songs: [], page: 1 })
    expect(list.asked).toEqual([0])
  })

  test('whole albums in one second, in any order within a minute, and one song with a date of long ago', async () => {
    const odd = songsOf(3000).map((song, index) => ({
      ...song,
      addedAt: at(3000 - (index - (index % 12))) - (index % 3) * 20_000,
    }))
    odd[60] = { ...songOf(2940), addedAt: Date.UTC(2007, 0) }
    for (const number of [12, 600, 1500, 2904, 2988]) {
      begin(odd)
      const page = await library.byDate('ana', { from: at(number) - hour, to: at(number) + hour })
      expect(page.found).toBe('in')
      expect(Math.abs((page.songs[0]?.addedAt ?? 0) - at(number))).toBeLessThan(24 * hour)
    }
  })

  test('SP-97 songs without dates do not send it astray', async () => {
    const dated = (number: number): boolean => number % 400 < 20
    begin(songsOf(4000).map((song, index) => (dated(4000 - index) ? song : { ...song, addedAt: undefined })))
    const page = await library.byDate('ana', hours(2010, 1))
    expect(Math.abs((numbersOn(page)[0] ?? 0) - 2010)).toBeLessThan(450)
    expect(list.asked.length).toBeLessThanOrEqual(14)
    begin(songsOf(4000).map((song) => ({ ...song, addedAt: undefined })))
    expect(await library.byDate('ana', hours(2010, 1))).toMatchObject({ total: 4000 })
    expect(list.asked.length).toBeLessThanOrEqual(14)
  })

  test('Spotify asks to wait: that is what is told', async () => {
    begin(songsOf(500))
    list.beforeAnswer = () => {
      throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    await expect(library.byDate('ana', hours(1, 1))).rejects.toThrow(RateLimitedError)
  })
})

function numbersOn({ songs }: { readonly songs: readonly Song[] }): number[] {
  return songs.map(({ title }) => Number(title.slice(5)))
}
