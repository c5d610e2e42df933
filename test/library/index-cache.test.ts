import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { UserError } from '../../src/errors.ts'
import { createLibrary, type FoundPage, type SearchProgress } from '../../src/library/library.ts'
import { anchorAt } from '../../src/library/page.ts'
import { createIndexCache, indexedSongBytes } from '../../src/library/index-cache.ts'
import { BudgetError, RateLimitedError, TurnedAwayError } from '../../src/spotify/errors.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { stopTime } from '../world/stopped-time.ts'
import { wordsFilter } from '../../src/library/search.ts'

const hour = 3_600_000
/** Its searches wait for as long as it takes. */
const libraryOf = (list: ListFixture, now?: () => number) => createLibrary(list.accounts, now, waitLimit)
const first = { offset: 0 }

describe('a reading and Spotify’s patience', () => {
  test('a short wait is waited for, and then nothing is asked twice', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(2000))
    list.beforeAnswer = (request) => {
      if (request > 10 && request <= 18) throw new TurnedAwayError(Date.now() + 200, 'rate')
    }
    const searching = libraryOf(list).find('ana', wordsFilter('song'), first)
    await pass(200)
    expect(list.asked.length).toBe(10 + 8)
    await pass(50)
    expect(await searching).toMatchObject({ total: 2000, library: 2000 })
    expect(list.asked.length).toBe(40 + 8)
  })

  test('a wait of a minute is told with its end, and nothing is asked meanwhile', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(2000))
    const until = Date.now() + 60_000
    list.beforeAnswer = (request) => {
      if (request > 20) throw new TurnedAwayError(until, 'rate')
    }
    let told = false
    const searching = createLibrary(list.accounts).find('ana', wordsFilter('song'), first)
    void searching.then(() => (told = true))
    await pass(2_499)
    expect(told).toBe(false)
    await pass(1)
    expect(await searching).toMatchObject({ read: 1000, total: 2000, until })
    const asked = list.asked.length
    await pass(until - Date.now())
    expect(list.asked.length).toBe(asked)
    await pass(50)
    expect(list.asked.length).toBeGreaterThan(asked)
  })

  test('a wait of hours ends it; what was read stays, and is not asked for again', async () => {
    const list = createListFixture(songsOf(2000))
    const library = libraryOf(list)
    list.beforeAnswer = (request) => {
      if (request > 20) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    const broken = await library.find('ana', wordsFilter('song'), first)
    expect(broken).toMatchObject({ total: 1000, library: 2000, searched: 1000 })
    expect('failure' in broken && broken.failure).toBeInstanceOf(RateLimitedError)
    // Its newest song comes last.
    await expect(library.find('ana', wordsFilter('song 2000'), first)).rejects.toThrow(RateLimitedError)
    expect((await library.suggest('ana', 'song'))[0]?.title).toBe('Song 1950')
    const asked = new Set(list.asked.slice(1, 20))
    list.beforeAnswer = () => undefined
    list.asked.length = 0
    expect(await library.find('ana', wordsFilter('song'), first)).toMatchObject({ total: 2000 })
    expect(list.asked.filter((offset) => asked.has(offset))).toEqual([])
    expect(list.asked.length).toBe(1 + 20 + 1)
  })

  test.each([
    [0, 22],
    [500, 38],
    [-100, 28],
  ])('what a reading that was broken off still takes is told, where %i songs were liked since', async (likes, most) => {
    const list = createListFixture(songsOf(2000))
    const library = libraryOf(list)
    list.beforeAnswer = (request) => {
      if (request > 20) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    await library.find('ana', wordsFilter('song'), first)
    list.beforeAnswer = () => undefined
    list.songs = songsOf(2000 + likes)
    const told = await library.requestsForWhole('ana')
    list.asked.length = 0
    expect(await library.find('ana', wordsFilter('song'), first)).toMatchObject({ total: 2000 + likes })
    expect(list.asked.length).toBeLessThanOrEqual(told)
    expect(told).toBeLessThanOrEqual(most)
  })

  test('a search that is asked again with what it waited for tells how that ended, and begins no other reading', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(2000))
    const held = Promise.withResolvers<void>()
    list.beforeAnswer = async (request) => {
      if (request > 20) await held.promise
      if (request > 20) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    const library = createLibrary(list.accounts)
    const searching = library.find('ana', wordsFilter('song'), first)
    await expect.poll(() => list.busy.now).toBe(8)
    await pass(2_500)
    const soFar = (await searching) as SearchProgress
    expect(soFar.found).toMatchObject({ total: 1000, library: 2000, searched: 1000 })
    held.resolve()
    await soFar.done
    const asked = list.asked.length
    const ended = await library.find('ana', wordsFilter('song'), first, soFar.done)
    expect('failure' in ended && ended.failure).toBeInstanceOf(RateLimitedError)
    expect(ended).toMatchObject({ total: 1000, songs: soFar.found.songs })
    expect(list.asked.length).toBe(asked)
  })

  test('typing begins no reading and asks for nothing: with nothing in hand, or something that is old', async () => {
    const list = createListFixture(songsOf(200))
    let now = Date.now()
    const library = libraryOf(list, () => now)
    for (const typed of ['s', 'so', 'son']) expect(await library.suggest('ana', typed)).toEqual([])
    expect(list.asked).toEqual([])
    await library.find('ana', wordsFilter('song'), first)
    list.asked.length = 0
    now += 6 * 60_000
    expect(await library.suggest('ana', 'so')).toHaveLength(25)
    expect(list.asked).toEqual([])
  })

  test('a library beyond all measure is read as far as 1,000 requests go, and says so', async () => {
    const list = createListFixture(songsOf(60_000))
    const library = libraryOf(list)
    const reading = (await library.find('ana', wordsFilter('song 59999'), first)) as SearchProgress
    if ('done' in reading) await reading.done
    expect(await library.find('ana', wordsFilter('song 59999'), first)).toMatchObject({
      total: 1,
      library: 60_000,
      searched: 47_500,
    })
    expect(list.asked.length).toBeLessThanOrEqual(1000)
  })
})

describe('a list that changes all the time', () => {
  test.each([
    ['a like at requests 30, 60, 90, 120 and 150', 30, 5, false],
    ['a like and a removal every seven requests', 7, Infinity, true],
  ])('%s: what is found then may be wrong, and the next search finds all', async (_, step, most, removes) => {
    const list = createListFixture(songsOf(10_000))
    const library = libraryOf(list)
    let changes = 0
    list.beforeAnswer = (request) => {
      if (request % step > 0 || changes === most) return
      list.songs.unshift(songOf(20_000 + (changes += 1)))
      if (removes) list.songs.splice((changes * 977) % list.songs.length, 1)
    }
    const found = (await library.find('ana', wordsFilter('song'), first)) as SearchProgress
    if ('done' in found) await found.done
    const asked = list.asked.length
    list.beforeAnswer = () => undefined
    const titles = async () => {
      const pages = list.songs.map((__, index) => index).filter((index) => index % 1000 === 0)
      return Promise.all(pages.map((offset) => library.find('ana', wordsFilter('song'), { offset })))
    }
    expect(await library.find('ana', wordsFilter('song'), first)).toMatchObject({
      total: list.songs.length,
      asOf: undefined,
    })
    for (const page of await titles()) {
      const { songs, from, to } = page as FoundPage
      expect(songs.map(({ title }) => title)).toEqual(list.songs.slice(from, to).map(({ title }) => title))
    }
    expect(list.asked.length - asked).toBeLessThanOrEqual(205)
    for (const { title } of [list.songs[0], list.songs[5_000]].filter((song) => song !== undefined))
      expect(await library.find('ana', wordsFilter(title), first)).toMatchObject({ total: 1 })
  })
})

describe('a library that is brought up to date', () => {
  /** Ana's library, read half an hour ago, and a Spotify that is slow or refuses from then on. */
  async function readBefore(answers: (request: number) => void | Promise<void>) {
    const list = createListFixture(songsOf(3000))
    let now = Date.now()
    const library = createLibrary(list.accounts, () => now, 20)
    for (let found = await library.find('ana', wordsFilter('song'), first); 'done' in found;) {
      await found.done
      found = await library.find('ana', wordsFilter('song'), first, found.done)
    }
    const read = now
    now += 30 * 60_000
    list.songs.splice(1234, 1)
    list.asked.length = 0
    list.beforeAnswer = answers
    return { library, read, list }
  }

  test('where that takes longer, what was found before comes first, and then what is there now', async () => {
    const held = Promise.withResolvers<void>()
    const { library, read } = await readBefore(() => held.promise)
    const before = await library.find('ana', wordsFilter('song'), first)
    expect(before).toMatchObject({ found: { total: 3000, asOf: read }, done: expect.any(Promise) })
    held.resolve()
    const { done } = before as SearchProgress
    await done
    expect(await library.find('ana', wordsFilter('song'), first, done)).toMatchObject({ total: 2999, asOf: undefined })
  })

  test('where the day has no room for it, what was found before comes with that', async () => {
    const { library, read } = await readBefore(() => {
      throw new BudgetError(Date.now() + hour, 20, 3)
    })
    const found = await library.find('ana', wordsFilter('song'), first)
    expect(found).toMatchObject({ total: 3000, asOf: read, failure: { needed: 20 } })
  })

  test('a clock that is set back makes none fresh that is not', async () => {
    const list = createListFixture(songsOf(1000))
    let now = Date.now()
    const library = libraryOf(list, () => now)
    await library.find('ana', wordsFilter('song'), first)
    now -= 24 * hour
    list.asked.length = 0
    await library.find('ana', wordsFilter('song'), first)
    expect(list.asked).toEqual([0])
  })
})

describe('readings and people', () => {
  test('one reading at a time for a person, however many ask', async () => {
    const list = createListFixture(songsOf(3000))
    const library = libraryOf(list)
    const answers = await Promise.all(['1', '2', '3'].map((query) => library.find('ana', wordsFilter(query), first)))
    expect(answers.every((answer) => !('done' in answer))).toBe(true)
    await library.suggest('ana', 'song')
    expect(list.asked.length).toBe(60)
  })

  test('eight requests at once for all readings together; an interactive request goes past them', async () => {
    const list = createListFixture(songsOf(3000))
    const library = libraryOf(list)
    let interactive = false
    const held = Promise.withResolvers<void>()
    list.beforeAnswer = () => (interactive ? undefined : held.promise)
    const searches = ['ana', 'ben', 'chiyo'].map((person) => library.find(person, wordsFilter('song'), first))
    await turn()
    expect(list.busy).toEqual({ now: 3, most: 3 })
    interactive = true
    expect((await library.newest('dara', first)).total).toBe(3000)
    interactive = false
    held.resolve()
    const second = Promise.withResolvers<void>()
    list.beforeAnswer = () => (interactive ? undefined : second.promise)
    await turn()
    expect(list.busy.now).toBe(8)
    interactive = true
    expect((await library.newest('emil', first)).total).toBe(3000)
    second.resolve()
    await Promise.all(searches)
    expect(list.busy.most).toBeLessThanOrEqual(9)
  })

  test('a reading whose Spotify app has been told to wait keeps nobody else’s waiting', async () => {
    const list = createListFixture(songsOf(1000))
    const { withToken } = list.accounts
    const held = Promise.withResolvers<void>()
    const library = createLibrary({
      get: async (person) => ({
        ...(await list.accounts.get(person)),
        clientId: person === 'ana' ? 'her-app' : 'ours',
      }),
      withToken: async (person, ...rest) => {
        if (person === 'ana') await held.promise
        return withToken(person, ...rest)
      },
    })
    const waiting = library.find('ana', wordsFilter('song'), first)
    expect(await library.find('ben', wordsFilter('song'), first)).toMatchObject({ library: 1000 })
    held.resolve()
    expect(await waiting).toMatchObject({ library: 1000 })
  })

  test('a reading that fails asks for no more blocks', async () => {
    const list = createListFixture(songsOf(3000))
    list.beforeAnswer = (request) => {
      if (request > 20) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    await expect(libraryOf(list).find('ana', wordsFilter('nothing'), first)).rejects.toThrow(RateLimitedError)
    expect(list.asked.length).toBeLessThanOrEqual(28)
  })

  test('somebody who has unlinked by way of another process is not shown what was read meanwhile', async () => {
    const list = createListFixture(songsOf(500))
    const library = libraryOf(list)
    list.beforeAnswer = (request) => void (list.linked = request < 5)
    await expect(library.find('ana', wordsFilter('song'), first)).rejects.toThrow(NotLinkedError)
    list.linked = true
    expect(await library.suggest('ana', 'song')).toEqual([])
  })

  test('nor what is known already, where the reading fails', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(500))
    const library = libraryOf(list)
    await library.find('ana', wordsFilter('song'), first)
    await pass(10 * 60_000)
    list.beforeAnswer = () => {
      list.linked = false
      throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    await expect(library.find('ana', wordsFilter('song'), first)).rejects.toThrow(NotLinkedError)
    list.linked = true
    expect(await library.suggest('ana', 'song')).toEqual([])
  })

  test('nor, where it takes long, what has been read by then', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(2000))
    const held = Promise.withResolvers<void>()
    list.beforeAnswer = (request) => (request > 10 ? held.promise : undefined)
    const searching = Promise.allSettled([createLibrary(list.accounts).find('ana', wordsFilter('song'), first)])
    await pass(1_000)
    list.linked = false
    await pass(1_500)
    expect((await searching)[0]).toHaveProperty('reason', expect.any(NotLinkedError))
  })
})

describe('what stays in memory', () => {
  test('least recently used libraries go first when there are too many songs', async () => {
    const list = createListFixture(songsOf(1000))
    const indexes = createIndexCache(list.accounts, Date.now, 2500 * indexedSongBytes)
    const use = async (person: string) => {
      const link = await list.accounts.get(person)
      const index = indexes.get(link)
      if (!indexes.isFresh(index)) await indexes.update(person, link, index)
      return link
    }
    const [ana, ben] = [await use('ana'), await use('ben')]
    await use('ana')
    const chiyo = await use('chiyo')
    expect([ana, ben, chiyo].map((link) => indexes.upToDate(link) !== undefined)).toEqual([true, false, true])
  })

  test('many readings at once stay within bounds too: some are told to try again', async () => {
    const list = createListFixture(songsOf(1000))
    const indexes = createIndexCache(list.accounts, Date.now, 2500 * indexedSongBytes)
    const people = ['ana', 'ben', 'chiyo', 'dara', 'emil']
    const read = await Promise.allSettled(
      people.map(async (person) => {
        const link = await list.accounts.get(person)
        await indexes.update(person, link, indexes.get(link))
      }),
    )
    const refused = read.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []))
    expect(refused.length).toBeGreaterThan(0)
    for (const reason of refused) expect(reason).toBeInstanceOf(UserError)
    expect(refused.length).toBeLessThan(people.length)
  })

  test('half an hour after its last use a library is gone', async () => {
    const { pass } = stopTime()
    const list = createListFixture(songsOf(100))
    const library = libraryOf(list)
    await library.find('ana', wordsFilter('song'), first)
    await pass(29 * 60_000)
    expect(await library.suggest('ana', 'song')).toHaveLength(25)
    await pass(31 * 60_000)
    expect(await library.suggest('ana', 'song')).toEqual([])
  })

  test('pages come from a library in memory, and from one that the front brings up to date', async () => {
    const list = createListFixture(songsOf(1000))
    const library = libraryOf(list)
    await library.find('ana', wordsFilter('song'), first)
    list.asked.length = 0
    const [newest = expect.unreachable()] = list.songs
    const anchor = anchorAt(newest, 0)
    const titles = async (offset: number) =>
      (await library.page('ana', { offset, anchor })).songs.map(({ title }) => title)
    expect(await titles(500)).toEqual(list.songs.slice(500, 510).map(({ title }) => title))
    expect(list.asked).toEqual([])
    list.songs.unshift(songOf(1001))
    expect((await library.newest('ana', first)).songs[0]?.title).toBe('Song 1001')
    expect(await titles(500)).toEqual(list.songs.slice(501, 511).map(({ title }) => title))
    expect(list.asked).toEqual([0])
    // With a market the list is another one.
    await library.page('ana', { offset: 500, anchor, market: 'GB' })
    expect(list.asked).toEqual([0, 0, 500])
    // What has changed behind the front is not known by it.
    list.songs.splice(400, 1)
    list.asked.length = 0
    await library.newest('ana', first)
    expect(await titles(500)).toEqual(list.songs.slice(501, 511).map(({ title }) => title))
    expect(list.asked).toEqual([0, 500])
  })

  test('where a change is seen that is not known, and Spotify then says nothing, songs are as of when they were known', async () => {
    const list = createListFixture(songsOf(1000))
    let now = Date.now()
    const library = libraryOf(list, () => now)
    await library.find('ana', wordsFilter('song'), first)
    const read = now
    now += 60_000
    list.songs.splice(700, 1)
    await library.newest('ana', first)
    list.beforeAnswer = () => {
      throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    expect(await library.find('ana', wordsFilter('song'), first)).toMatchObject({ total: 1000, asOf: read })
  })

  test('five minutes long a search costs nothing, then one request where nothing has changed', async () => {
    const list = createListFixture(songsOf(1000))
    let now = Date.now()
    const library = libraryOf(list, () => now)
    await library.find('ana', wordsFilter('song'), first)
    for (const [minutes, requests] of [
      [4, 0],
      [2, 1],
      [4, 0],
      [2, 1],
    ] as const) {
      list.asked.length = 0
      now += minutes * 60_000
      await library.find('ana', wordsFilter('song'), first)
      expect(list.asked.length).toBe(requests)
    }
  })
})
