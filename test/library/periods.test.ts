import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLibrary, type FoundPage, type Library, type SearchProgress } from '../../src/library/library.ts'
import { mostRequests, periodsFilter } from '../../src/library/periods.ts'
import { wordsFilter, type Period } from '../../src/library/search.ts'
import { RateLimitedError, SpotifyDownError } from '../../src/spotify/errors.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { runs } from '../world/runs.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, type ListFixture } from './list-fixture.ts'

const day = 86_400_000
const now = Date.UTC(2026, 10, 30, 12)
/** The day of all earlier years, newest first. */
const days: Period[] = Array.from({ length: 20 }, (_, index) => {
  return { from: Date.UTC(2025 - index, 10, 30), to: Date.UTC(2025 - index, 11, 1) }
})

/** Songs that were liked so many days ago, newest first. */
function liked(daysAgo: readonly number[]): Song[] {
  const sorted = daysAgo.toSorted((one, other) => one - other)
  return sorted.map((ago, index) => ({
    ...songOf(sorted.length - index),
    addedAt: Math.floor((now - ago * day) / 1000) * 1000,
  }))
}

function evenly(count: number, years: number): Song[] {
  return liked(Array.from({ length: count }, (_, index) => (index / count) * years * 365.25))
}

const isWanted = ({ addedAt = 0 }: Song): boolean => days.some(({ from, to }) => addedAt >= from && addedAt < to)

function begin(songs: Song[]): { list: ListFixture; library: Library } {
  const list = createListFixture(songs)
  return { list, library: createLibrary(list.accounts, Date.now, waitLimit) }
}

function complete(answer: FoundPage | SearchProgress): FoundPage {
  return 'done' in answer ? expect.unreachable('It waits for a reading') : answer
}

/** All answers, asked again until all of it has been looked through; the requests that each took. */
async function answers(list: ListFixture, library: Library): Promise<{ page: FoundPage; asked: number[] }> {
  const asked: number[] = []
  for (;;) {
    const before = list.asked.length
    const page = complete(await library.find('ana', periodsFilter(days), { offset: 0 }))
    asked.push(list.asked.length - before)
    if (page.unfinished?.length === 0) return { page, asked }
    if (asked.length > 40) expect.unreachable(`It goes on for ever: ${asked}`)
  }
}

describe('the songs of some days, with nothing in hand', () => {
  test.each([
    ['2,000 songs of 3 years', evenly(2_000, 3), 6],
    ['10,000 songs of 10 years', evenly(10_000, 10), mostRequests],
    ['40,000 songs of 16 years', evenly(40_000, 16.4), mostRequests],
    ['30 songs', evenly(30, 2), 1],
    ['none', [], 1],
    ['a library younger than a year', evenly(3_000, 0.9), 2],
  ])('%s', async (_, songs, most) => {
    const { list, library } = begin(songs)
    const { page, asked } = await answers(list, library)
    expect(page.total).toBe(songs.filter(isWanted).length)
    expect(page.songs.map(({ uri }) => uri)).toEqual(
      songs
        .filter(isWanted)
        .slice(0, 10)
        .map(({ uri }) => uri),
    )
    expect(page.numbers).toEqual(
      page.songs.map(({ uri }) => songs.length - songs.findIndex((song) => song.uri === uri)),
    )
    expect([page.library, page.searched]).toEqual([songs.length, songs.length])
    expect(asked).toHaveLength(1)
    expect(asked[0]).toBeLessThanOrEqual(most)
    await library.find('ana', periodsFilter(days), { offset: 10 })
    expect(list.asked).toHaveLength(asked[0] ?? 0)
  })

  test('whatever the library: nothing is missed, no answer costs more than twenty requests, and all end', async () => {
    const ago = fc.oneof(
      fc.integer({ min: 0, max: 21 * 365 * 24 }).map((hours) => hours / 24),
      // On the day itself, and around its two ends.
      fc.tuple(fc.nat(20), fc.integer({ min: -60, max: 25 * 60 })).map(([year, minutes]) => {
        return (now - Date.UTC(2025 - year, 10, 30) - minutes * 60_000) / day
      }),
    )
    const bursts = fc
      .tuple(ago, fc.integer({ min: 1, max: 200 }))
      .map(([when, count]) => Array.from({ length: count }, () => when))
    await fc.assert(
      fc.asyncProperty(
        fc.array(bursts, { maxLength: 60 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 9 }),
        async (all, swaps) => {
          const songs = liked(all.flat())
          // As Spotify does it within a minute.
          for (const [at] of swaps) {
            const place = at % Math.max(songs.length - 1, 1)
            const [one, other] = [songs[place], songs[place + 1]]
            if (one && other && Math.abs((one.addedAt ?? 0) - (other.addedAt ?? 0)) < 60_000)
              [songs[place], songs[place + 1]] = [other, one]
          }
          const { list, library } = begin(songs)
          const { page, asked } = await answers(list, library)
          expect(page.total).toBe(songs.filter(isWanted).length)
          expect(Math.max(...asked)).toBeLessThanOrEqual(mostRequests)
          expect(new Set(list.asked).size).toBe(list.asked.length)
        },
      ),
      { numRuns: runs(40) },
    )
  })
})

test('with the whole library in hand they cost nothing', async () => {
  const songs = evenly(5_000, 9)
  const { list, library } = begin(songs)
  await library.find('ana', wordsFilter('song'), { offset: 0 })
  const before = list.asked.length
  const page = complete(await library.find('ana', periodsFilter(days), { offset: 0 }))
  expect([page.total, list.asked.length]).toEqual([songs.filter(isWanted).length, before])
})

test('where Spotify withholds blocks, so many songs are said to be missing, and the rest is found', async () => {
  const songs = evenly(10_000, 10)
  const { list, library } = begin(songs)
  const place = songs.findIndex(isWanted)
  const lost = place - (place % 50)
  list.beforeAnswer = (_, offset) => {
    if (offset === lost) throw new SpotifyDownError('500')
  }
  const { page } = await answers(list, library)
  const there = songs.filter((song, index) => isWanted(song) && (index < lost || index >= lost + 50))
  expect([page.total, page.library - page.searched]).toEqual([there.length, 50])
})

describe('where Spotify stops answering', () => {
  test('after some years, those are shown, with the reason', async () => {
    const { list, library } = begin(evenly(40_000, 16))
    list.beforeAnswer = (request) => {
      if (request > 14) throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
    }
    const page = complete(await library.find('ana', periodsFilter(days), { offset: 0 }))
    expect(page.failure).toBeInstanceOf(RateLimitedError)
    expect(page.total).toBeGreaterThan(0)
    expect(page.unfinished?.[0]?.from).toBeLessThan(days[0]?.from ?? 0)
  })

  test.each([1, 2, 3])('at request %i, it is refused as any page is', async (first) => {
    const { list, library } = begin(evenly(40_000, 16))
    list.beforeAnswer = (request) => {
      if (request >= first) throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
    }
    await expect(library.find('ana', periodsFilter(days), { offset: 0 })).rejects.toBeInstanceOf(RateLimitedError)
  })

  test('with failures alone, after twelve requests at most', async () => {
    const { list, library } = begin(evenly(40_000, 16))
    list.beforeAnswer = (request) => {
      if (request > 1) throw new SpotifyDownError('500')
    }
    await expect(library.find('ana', periodsFilter(days), { offset: 0 })).rejects.toBeInstanceOf(SpotifyDownError)
    expect(list.asked.length).toBeLessThanOrEqual(12)
  })
})
