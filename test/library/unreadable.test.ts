import { beforeEach, describe, expect, test } from 'vitest'
import { createLibrary, PartlyReadError, type FoundPage, type Library } from '../../src/library/library.ts'
import type { SpotifyApi } from '../../src/spotify/client.ts'
import { SpotifyDownError } from '../../src/spotify/errors.ts'
import type { SavedPage } from '../../src/spotify/parse.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { wordsFilter } from '../../src/library/search.ts'

const minute = 60_000
const hour = 60 * minute
const first = { offset: 0 }
let list: ListFixture
let library: Library
let now: number

/** Spotify answers 500 for these offsets, always; of all others it sends the songs. */
function begin(size: number, isBroken: (offset: number) => boolean): void {
  now = Date.now()
  list = createListFixture(songsOf(size))
  library = createLibrary(list.accounts, () => now, waitLimit)
  list.beforeAnswer = (_, offset) => {
    if (isBroken(offset)) throw new SpotifyDownError('500')
  }
}

async function found(query = 'song'): Promise<FoundPage> {
  const page = await library.find('ana', wordsFilter(query), first)
  if ('done' in page) throw new Error('It is not read yet')
  return page
}

const between = (from: number, to: number) => (offset: number) => offset >= from && offset < to

describe('a stretch of a library that Spotify does not send', () => {
  beforeEach(() => begin(1000, between(300, 450)))

  test('what is known is searched, and it is said how much that is', async () => {
    expect(await found()).toMatchObject({ total: 850, library: 1000, searched: 850, asOf: undefined })
    expect((await found('song 900')).songs.map(({ title }) => title)).toEqual(['Song 900'])
    // Every block once, each broken one a second time at most, and what tells that the list has not moved.
    expect(list.asked.length).toBeLessThanOrEqual(20 + 3 + 2)
  })

  test('the stretch is not asked for at every search, but after a while', async () => {
    await found()
    list.asked.length = 0
    now += 6 * minute
    expect(await found()).toMatchObject({ searched: 850 })
    expect(list.asked).toEqual([0])
    list.asked.length = 0
    now += 6 * minute
    list.beforeAnswer = () => undefined
    expect(await found()).toMatchObject({ searched: 1000, library: 1000 })
    expect(list.asked.filter(between(300, 450))).toHaveLength(3)
  })

  test('what Spotify sends again is found though front pages have confirmed the rest', async () => {
    await found()
    list.beforeAnswer = () => undefined
    for (let look = 1; look <= 4; look += 1) {
      now += 3 * minute
      await library.newest('ana', first)
    }
    list.asked.length = 0
    expect(await found()).toMatchObject({ searched: 1000, library: 1000 })
    expect(list.asked.filter((offset) => !between(300, 450)(offset) && offset > 0)).toEqual([])
  })

  test('a list that has grown by then is searched as well', async () => {
    await found()
    now += 6 * minute
    list.songs.unshift(songOf(1002), songOf(1001))
    const page = await found()
    // Two of the songs that are known are at the beginning of the stretch by now, and two more behind it can be read.
    expect(page).toMatchObject({ library: 1002, searched: 854 })
    expect(page.songs[0]?.title).toBe('Song 1002')
  })

  test('a song is drawn from the others', async () => {
    const drawn = []
    for (let draws = 0; draws < 60; draws += 1) drawn.push(await library.random('ana'))
    for (const { song, number } of drawn) {
      expect(song?.title).toBe(`Song ${number}`)
      expect(number > 700 || number <= 550).toBe(true)
    }
    expect(list.asked.filter(between(300, 450)).length).toBeLessThanOrEqual(3 * 2)
    const { unread } = drawn.at(-1) ?? expect.unreachable()
    expect([0, 50, 100, 150]).toContain(unread)
  })

  test('the page of a time in it is what comes before, and it is said that songs are missing', async () => {
    const at = songOf(640).addedAt ?? 0
    const page = await library.byDate('ana', { from: at, to: at + hour })
    expect(page.unread).toBeGreaterThan(0)
    expect(page.songs[0]?.title).toBe('Song 550')
    const before = songOf(500).addedAt ?? 0
    expect(await library.byDate('ana', { from: before, to: before + hour })).toMatchObject({ found: 'in', unread: 0 })
  })
})

test.each([
  ['the front', 0],
  ['the second block, from which the reading begins', 50],
  ['the last block', 950],
])('%s alone that is not sent: the others are searched', async (_, offset) => {
  begin(1000, (asked) => asked === offset)
  expect(await found()).toMatchObject({ total: 950, library: 1000, searched: 950 })
  expect(list.asked.length).toBeLessThanOrEqual(20 + 4)
})

test('a long stretch costs few requests, and the next search goes on behind what was tried', async () => {
  begin(5000, between(1000, 1800))
  expect((await found()).searched).toBeGreaterThanOrEqual(1000)
  expect(list.asked.filter(between(1000, 1800)).length).toBeLessThanOrEqual(24)
  now += 6 * minute
  expect(await found()).toMatchObject({ library: 5000, searched: 4200 })
})

test('one request in a hundred that fails is made again, and nothing is left out', async () => {
  begin(10_000, () => false)
  list.beforeAnswer = (request) => {
    if (request % 30 === 7) throw new SpotifyDownError('The answer to GET /me/tracks is not a page')
  }
  expect(await found()).toMatchObject({ library: 10_000, searched: 10_000 })
  expect(list.asked.length).toBeLessThanOrEqual(215)
})

test('a Spotify that fails altogether is not taken for a part that is missing, and few requests find out', async () => {
  begin(3000, () => true)
  await expect(found()).rejects.toThrow(SpotifyDownError)
  expect(list.asked.length).toBeLessThanOrEqual(12)
  list.asked.length = 0
  list.beforeAnswer = (request) => {
    if (request > 20) throw new SpotifyDownError('500')
  }
  const broken = await found()
  expect(broken).toMatchObject({ total: 1000, library: 3000, searched: 1000 })
  expect(broken.failure).toBeInstanceOf(SpotifyDownError)
  expect(list.asked.length).toBeLessThanOrEqual(20 + 20)
  await expect(found('song 3000')).rejects.toThrow(SpotifyDownError)
  list.beforeAnswer = () => undefined
  expect(await found()).toMatchObject({ library: 3000, searched: 3000 })
})

/** Spotify's pages as they are changed here. */
function answerWith(change: (page: SavedPage) => SavedPage): void {
  const { withToken } = list.accounts
  const accounts: typeof list.accounts = {
    ...list.accounts,
    withToken(person, link, work, how) {
      const changed = (api: SpotifyApi): SpotifyApi => ({
        ...api,
        savedTracks: async (...request) => change(await api.savedTracks(...request)),
      })
      return withToken(person, link, (token, api) => work(token, changed(api)), how)
    },
  }
  library = createLibrary(accounts, () => now, waitLimit)
}

describe('numbers that contradict each other', () => {
  /** Spotify sends its songs and another total; a page that is empty inside it is none. */
  function lie(size: number, totalOf: (request: number) => number): void {
    begin(size, () => false)
    answerWith((page) => {
      const total = totalOf(list.asked.length)
      if (page.songs.length === 0 && page.offset < total) throw new SpotifyDownError('not a page')
      return { ...page, total }
    })
  }

  test.each([60, 100, 1000])(
    'a total of ten million over %i songs: those are searched, for few requests',
    async (size) => {
      lie(size, () => 10_000_000)
      expect(await found()).toMatchObject({ total: size, library: 10_000_000 })
      expect(list.asked.length).toBeLessThanOrEqual(Math.ceil(size / 50) + 22)
      expect(await library.random('ana')).toMatchObject({ total: 10_000_000 })
      const at = songOf(5).addedAt ?? 0
      const before = list.asked.length
      await library.byDate('ana', { from: at, to: at + hour }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(SpotifyDownError)
      })
      expect(list.asked.length - before).toBeLessThanOrEqual(12)
    },
  )

  test('totals that jump at every answer end the reading', async () => {
    lie(3000, (request) => 1_000_000 + request * 5000)
    await expect(library.find('ana', wordsFilter('song'), first)).rejects.toThrow(SpotifyDownError)
    expect(list.asked.length).toBeLessThanOrEqual(25)
  })

  test('a total that jumps once does not', async () => {
    lie(3000, (request) => (request === 1 ? 9_999_999 : 3000))
    expect(await found()).toMatchObject({ library: 3000, searched: 3000 })
  })
})

test('a member’s songs: what was sent before the stretch is told with the failure', async () => {
  begin(400, between(50, 100))
  const since = songOf(320).addedAt ?? 0
  const error: unknown = await library.since('ana', since).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(PartlyReadError)
  expect((error as PartlyReadError).songs.map(({ title }) => title).at(-1)).toBe('Song 351')
  begin(400, between(0, 50))
  await expect(library.since('ana', since)).rejects.not.toThrow(PartlyReadError)
})

describe('pages with fewer songs than they should hold', () => {
  const short = (size: number, total: number, most: number): void => {
    begin(size, () => false)
    answerWith((page) => {
      if (page.songs.length === 0) throw new SpotifyDownError('not a page')
      return { ...page, songs: page.songs.slice(0, most), total }
    })
  }

  test('a search says how many are missing, and asks for few of them again', async () => {
    short(260, 260, 10)
    expect(await found()).toMatchObject({ total: 60, library: 260, searched: 60 })
    expect(list.asked.length).toBeLessThanOrEqual(12)
    list.asked.length = 0
    now += 6 * minute
    expect(await found()).toMatchObject({ total: 60, library: 260, searched: 60 })
    expect(list.asked.length).toBeLessThanOrEqual(4)
  })

  test('a long list of them is not read to its end at once', async () => {
    short(10_000, 10_000, 10)
    expect((await found()).searched).toBeGreaterThanOrEqual(60)
    expect(list.asked.length).toBeLessThanOrEqual(25)
  })

  test('one song that is missing in each is no reason to stop', async () => {
    short(10_000, 10_000, 49)
    expect(await found()).toMatchObject({ library: 10_000, searched: 9800 })
    expect(list.asked.length).toBeLessThanOrEqual(206)
  })

  test('a member’s songs: those that came are told with the failure, unless they go back far enough', async () => {
    short(60, 60, 20)
    const error: unknown = await library.since('ana', songOf(1).addedAt ?? 0).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(PartlyReadError)
    expect((error as PartlyReadError).songs).toHaveLength(20)
    expect((await library.since('ana', songOf(45).addedAt ?? 0)).songs).toHaveLength(16)
    expect(list.asked.length).toBeLessThanOrEqual(2)
  })

  test('a random song comes from those that were sent, and it is said how many were not', async () => {
    short(60, 60, 20)
    for (let draws = 0; draws < 30; draws += 1) {
      const { song, number } = await library.random('ana')
      expect(song?.title).toBe(`Song ${number}`)
    }
    expect(await library.random('ana')).toMatchObject({ total: 60, unread: 30 })
  })

  test.each([30, 45, 260, 3010])('a total that is two too large for good, over %i songs', async (size) => {
    short(size, size + 2, 50)
    const page = await library.newest('ana', first)
    expect(page.songs).toHaveLength(10)
    for (let offset = 10; offset <= 20; offset += 10)
      expect((await library.page('ana', { offset })).songs.length).toBe(10)
    expect(list.asked.length).toBeLessThanOrEqual(3)
    list.asked.length = 0
    expect(await found()).toMatchObject({ total: size, library: size + 2, searched: size })
    expect(list.asked.length).toBeLessThanOrEqual(Math.ceil(size / 50) + 4)
    list.asked.length = 0
    now += 6 * minute
    expect(await found()).toMatchObject({ total: size, searched: size })
    expect(list.asked.length).toBeLessThanOrEqual(2)
    const at = songOf(1).addedAt ?? 0
    expect((await library.byDate('ana', { from: at, to: at + hour })).songs.map(({ title }) => title)).toContain(
      'Song 1',
    )
    expect((await library.byDate('ana', { from: 0, to: at - hour })).songs.map(({ title }) => title)).toContain(
      'Song 1',
    )
  })
})
