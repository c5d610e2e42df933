import { beforeEach, describe, expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { createLibraryIndexes, type LibraryIndexes } from '../../src/accounts/library-indexes.ts'
import { createLinks, type Link } from '../../src/accounts/links.ts'
import { createCrypto } from '../../src/crypto.ts'
import { encodeIndex } from '../../src/library/index-format.ts'
import { createIndexStore } from '../../src/library/index-store.ts'
import { createLibrary, type FoundPage, type Library } from '../../src/library/library.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { ReadingOptions } from '../../src/spotify/rate-limit/reading-budget.ts'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'
import { modelStore } from '../store/model.ts'
import { waitLimit } from '../world/until.ts'
import { createListFixture, songOf, songsOf, type ListFixture } from './list-fixture.ts'
import { wordsFilter } from '../../src/library/search.ts'

const minute = 60_000
const hour = 60 * minute
const key = { id: 'k1', key: Buffer.alloc(32, 1) }
const crypto = createCrypto(key, [key])

let list: ListFixture
let store: Store
let now: number
beforeEach(async () => {
  list = createListFixture(songsOf(3000))
  now = Date.now()
  store = modelStore(() => now)
  const link: Link = {
    ...{ id: 'a-link', version: 1, spotifyId: 'ana-spotify', spotifyName: 'Ana', clientId: 'an-app' },
    ...{ scope: [], authorizedAt: 0, refreshToken: crypto.encrypt('token', 'ana', 'refresh-token'), endedAt: null },
  }
  await store.create('links', 'ana', link)
})

/** A process that has just started, for which the store fails in some ways. What it does at the store is counted. */
function start(hours = 24, failing: (keyof LibraryIndexes)[] = []) {
  const links = createLinks(store, crypto)
  const counts = { read: 0, write: 0, touch: 0, stat: 0, drop: 0, deleteBytes: 0 }
  const all = Object.entries(createLibraryIndexes(store, links)) as [
    keyof LibraryIndexes,
    (...all: never[]) => unknown,
  ][]
  const counted = all.map(([name, call]) => [
    name,
    async (...given: never[]) => {
      counts[name] += 1
      if (failing.includes(name)) throw new StoreUnavailableError('down')
      return call(...given)
    },
  ])
  const accounts = {
    ...list.accounts,
    async get(person: string): Promise<Link> {
      const link = await links.find(person)
      if (!link) throw new NotLinkedError()
      return link
    },
  }
  const stored = createIndexStore(Object.fromEntries(counted) as LibraryIndexes, hours, () => now)
  const library = createLibrary(accounts, () => now, waitLimit, stored)
  return { library, counts, links, settled: library.settled, searches: () => search(library) }
}

async function search(library: Library): Promise<FoundPage> {
  const found = await library.find('ana', wordsFilter('song'), { offset: 0 })
  if (!('searched' in found)) throw new Error('Still reading')
  return found
}

async function requestsOf(work: () => Promise<unknown>): Promise<number> {
  list.asked.length = 0
  await work()
  return list.asked.length
}

/** What every reading from now on is begun with, and whether it has ended. */
function countReadings() {
  const readings: (ReadingOptions & { ended: boolean })[] = []
  const { withToken } = list.accounts
  const accounts: ListFixture['accounts'] = {
    ...list.accounts,
    withToken: (person, link, work, how) =>
      withToken(
        person,
        link,
        async (token, api) => {
          const startReading: typeof api.startReading = (options) => {
            const begun = { ...options, ended: false }
            readings.push(begun)
            return { ...api.startReading(options), end: () => void (begun.ended = true) }
          }
          return work(token, { ...api, startReading })
        },
        how,
      ),
  }
  Object.assign(list, { accounts })
  return readings
}

async function storedName(): Promise<string | undefined> {
  return ((await store.get('links', 'ana')) as Pick<Link, 'libraryIndex'> | undefined)?.libraryIndex?.name
}

const storedBytes = async () => store.getBytes((await storedName()) ?? '')

/** Has Ana's library read and stored by a process that has ended since. */
async function readBefore(): Promise<void> {
  const before = start()
  expect(await requestsOf(before.searches)).toBe(60)
  await before.settled()
  now += 6 * hour
}

describe('a library that was read before', () => {
  test('another process finds the same for one request', async () => {
    await readBefore()
    const { library, settled, searches, counts } = start()
    expect(await requestsOf(searches)).toBe(1)
    expect(await library.find('ana', wordsFilter('song 2345'), { offset: 0 })).toMatchObject({
      total: 1,
      library: 3000,
    })
    await settled()
    expect(counts).toMatchObject({ read: 1, write: 0, touch: 1 })
  })

  test('three saves and a removal cost ten requests at most, and are stored for the next process', async () => {
    await readBefore()
    list.songs.splice(1234, 1)
    list.songs.unshift(...[3, 2, 1].map((number) => songOf(5000 + number)))
    const second = start()
    expect(await requestsOf(second.searches)).toBeLessThanOrEqual(10)
    await second.settled()
    expect(second.counts.write).toBe(1)
    const third = start()
    expect(await requestsOf(third.searches)).toBe(1)
    expect(await third.searches()).toMatchObject({ total: 3002, library: 3002, searched: 3002 })
  })

  test('one that was broken off goes on where it was', async () => {
    const first = start()
    list.beforeAnswer = (request) => {
      if (request > 30) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    expect(await first.library.find('ana', wordsFilter('song'), { offset: 0 })).toMatchObject({
      failure: { name: 'RateLimitedError' },
    })
    await first.settled()
    list.beforeAnswer = () => undefined
    const second = start()
    expect(await requestsOf(second.searches)).toBeLessThanOrEqual(60 - 30 + 3)
    expect(await second.searches()).toMatchObject({ total: 3000, searched: 3000 })
  })

  test('a part of one waits for two days to be gone on with, and knows whether it will', async () => {
    const readings = countReadings()
    list.beforeAnswer = (request) => {
      if (request > 30) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    const first = start()
    await first.library.find('ana', wordsFilter('song'), { offset: 0 })
    await first.settled()
    list.beforeAnswer = () => undefined
    now += 47 * hour
    expect(await requestsOf(start().searches)).toBeLessThanOrEqual(60 - 30 + 3)
    await start(0).searches()
    expect(readings.map(({ isKept }) => isKept)).toEqual([true, true, false])
  })

  test('the program is killed while it reads, and the next process goes on where it was a minute before', async () => {
    const killed = start()
    list.beforeAnswer = async (request) => {
      now += 5_000
      if (request === 50) await expect.poll(() => killed.counts.write).toBeGreaterThan(0)
      if (request >= 50) return new Promise(() => undefined)
    }
    void killed.searches().catch(() => undefined)
    await expect.poll(storedBytes).toBeDefined()
    list.beforeAnswer = () => undefined
    const second = start()
    expect(await requestsOf(second.searches)).toBeLessThanOrEqual(60 - 10)
    expect(await second.searches()).toMatchObject({ total: 3000, searched: 3000 })
  })

  test('the program stops while it reads, and the next process goes on where that was', async () => {
    const first = start()
    const stopped = Promise.withResolvers<unknown>()
    list.beforeAnswer = (request) => {
      if (request === 31) stopped.resolve(first.library.close())
    }
    await first.library.find('ana', wordsFilter('song'), { offset: 0 }).catch(() => undefined)
    await stopped.promise
    expect(list.asked.length).toBeLessThan(45)
    list.beforeAnswer = () => undefined
    const second = start()
    expect(await requestsOf(second.searches)).toBeLessThanOrEqual(60 - 30 + 8 + 3)
    expect(await second.searches()).toMatchObject({ total: 3000, searched: 3000 })
  })

  test('a page that shows what is new is stored as well', async () => {
    await readBefore()
    list.songs.unshift(songOf(5001))
    const second = start()
    expect(await requestsOf(() => second.library.newest('ana', { offset: 0 }))).toBe(1)
    // A page does not wait for long until the index is open.
    await expect.poll(() => second.counts.write).toBe(1)
    await second.settled()
    const third = start()
    expect(await requestsOf(third.searches)).toBe(1)
    expect(await third.searches()).toMatchObject({ total: 3001, searched: 3001 })
  })

  test('an empty one is known to be empty', async () => {
    list.songs = []
    const first = start()
    await first.searches()
    await first.settled()
    const second = start()
    expect(await requestsOf(second.searches)).toBe(1)
  })

  test('what is broken is deleted and read anew, and what is of another version is replaced', async () => {
    await readBefore()
    const name = (await storedName()) ?? ''
    const { links } = start()
    const link = (await links.find('ana'))!
    const indexes = createLibraryIndexes(store, links)
    for (const broken of [Buffer.from('nonsense'), Buffer.of(99, 1, 2), Buffer.of(1, 200, 0, 0, 0, 1), Buffer.of()]) {
      await indexes.write('ana', link, broken, hour)
      const process = start()
      expect(await process.library.describeIndex('ana', link)).toMatchObject({ songs: null, key: 'present' })
      expect(await requestsOf(process.searches)).toBe(60)
      await process.settled()
    }
    await store.setBytes(name, Buffer.from('not even encrypted'), hour)
    expect(await requestsOf(start().searches)).toBe(60)
    expect(await store.getBytes(name)).toBeUndefined()
  })

  test('it is gone a day after its last use, and a use within that gives it another day', async () => {
    await readBefore()
    now += 17 * hour
    await start().searches()
    now += 23 * hour
    expect(await requestsOf(start().searches)).toBe(1)
    now += 25 * hour
    expect(await requestsOf(start().searches)).toBe(60)
  })
})

describe('what is stored and what is read meet', () => {
  test('a load that failed is tried again before the whole is read', async () => {
    await readBefore()
    const failing: (keyof LibraryIndexes)[] = ['read']
    const { searches, library } = start(24, failing)
    await library.suggest('ana', 'song')
    list.beforeAnswer = () => void (failing.length = 0)
    expect(await requestsOf(searches)).toBeLessThanOrEqual(3)
  })

  test('what a look at the store brings while the list is read does not make a part of it the whole', async () => {
    await readBefore()
    const failing: (keyof LibraryIndexes)[] = ['read']
    const { searches, library } = start(24, failing)
    list.asked.length = 0
    list.beforeAnswer = async (request) => {
      if (request > 30) throw new RateLimitedError(Date.now() + hour, 'quota')
      failing.length = 0
      await library.suggest('ana', 'song')
    }
    expect(await searches()).toMatchObject({ total: 3000, searched: 3000, asOf: undefined })
  })

  test('a part that was read since takes the place of a whole one neither before nor after a load that fails', async () => {
    await readBefore()
    const failing: (keyof LibraryIndexes)[] = ['read']
    const { searches, settled } = start(24, failing)
    list.asked.length = 0
    list.beforeAnswer = (request) => {
      if (request > 30) throw new RateLimitedError(Date.now() + hour, 'quota')
    }
    await searches()
    failing.length = 0
    await settled()
    list.beforeAnswer = () => undefined
    now += minute
    expect(await requestsOf(start().searches)).toBe(1)
  })

  test('a part does not take the place of a whole one that another process has stored for the first time since', async () => {
    const [first, second] = [start(), start()]
    const down = new RateLimitedError(Date.now() + hour, 'quota')
    list.beforeAnswer = async (request) => {
      if (request !== 20) return
      list.beforeAnswer = () => undefined
      await first.searches()
      await first.settled()
      list.beforeAnswer = () => Promise.reject(down)
      throw down
    }
    expect(await second.searches()).toMatchObject({ failure: down })
    await second.settled()
    list.beforeAnswer = () => undefined
    expect(second.counts.write).toBe(1)
    expect(await requestsOf(start().searches)).toBe(1)
  })

  test('two processes that looked before there was one: the second finds what the first has stored', async () => {
    const [first, second] = [start(), start()]
    for (const { library } of [first, second]) await library.suggest('ana', 'song')
    await first.searches()
    await first.settled()
    expect(await requestsOf(second.searches)).toBeLessThanOrEqual(3)
    expect(await second.searches()).toMatchObject({ total: 3000, asOf: undefined })
  })

  test('a reading that takes over what another process has stored is an update from then on', async () => {
    const readings = countReadings()
    const [first, second] = [start(), start()]
    for (const { library } of [first, second]) await library.suggest('ana', 'song')
    for (const { searches, settled } of [first, second]) {
      await searches()
      await settled()
    }
    const begun = { isUpdate: false, isKept: true, about: undefined, ended: true }
    expect(readings).toEqual([begun, begun, { ...begun, isUpdate: true }])
  })

  test('one that knows less goes on from what another one has read since', async () => {
    await readBefore()
    const [first, second] = [start(), start()]
    for (const { searches } of [first, second]) await searches()
    now += hour
    list.songs.splice(700, 0, ...songsOf(1000).map(({ addedAt }, index) => songOf(70_000 + index, { addedAt })))
    await first.searches()
    await first.settled()
    expect(await requestsOf(second.searches)).toBeLessThan(20)
    expect(await second.searches()).toMatchObject({ total: 4000, asOf: undefined })
  })

  test('what is stored by a clock that is ahead is looked at again as any other', async () => {
    now += 48 * hour
    await readBefore()
    now -= 47 * hour
    const { searches } = start()
    list.songs.splice(1234, 1)
    expect(await searches()).toMatchObject({ total: 2999 })
  })
})

describe('what it asks of the store', () => {
  test('one load for all who ask, and none for a minute where there is none', async () => {
    await readBefore()
    const process = start()
    await Promise.all([1, 2, 3].map(process.searches))
    expect(process.counts.read).toBe(1)

    await store.deleteBytes((await storedName()) ?? '')
    const other = start()
    await other.library.suggest('ana', 'so')
    await other.library.suggest('ana', 'song')
    expect(other.counts.read).toBeLessThanOrEqual(1)
  })

  test('a new lifetime every ten minutes at most', async () => {
    await readBefore()
    const { searches, counts, settled } = start()
    for (let searched = 0; searched < 30; searched += 1) {
      await searches()
      now += minute
    }
    await settled()
    expect(counts.touch).toBe(3)
    expect(counts.write).toBe(0)
  })

  test('what the store has lost is stored again', async () => {
    await readBefore()
    const { searches, settled } = start()
    await searches()
    await store.deleteBytes((await storedName()) ?? '')
    now += 11 * minute
    await searches()
    await settled()
    expect(await storedBytes()).toBeDefined()
  })

  test('what the store has lost is stored again at the end of a reading that it is lost in, and not before', async () => {
    await readBefore()
    const { searches, settled, counts } = start()
    await searches()
    await store.deleteBytes((await storedName()) ?? '')
    now += 11 * minute
    list.songs.splice(1234, 1)
    list.beforeAnswer = async () => {
      await expect.poll(() => counts.touch).toBe(2)
      await new Promise(setImmediate)
      expect(counts.write).toBe(0)
    }
    await searches()
    await settled()
    expect(counts.write).toBe(1)
    expect(await storedBytes()).toBeDefined()
  })

  test('once a minute at most, and the last state', async () => {
    const { searches, settled, counts } = start()
    for (let saved = 1; saved <= 5; saved += 1) {
      list.songs.unshift(songOf(5000 + saved))
      await searches()
      now += 6 * minute
    }
    await expect.poll(() => counts.write).toBe(1)
    await settled()
    expect(counts.write).toBe(2)
    now += hour
    const other = start()
    expect(await requestsOf(other.searches)).toBe(1)
    expect(await other.searches()).toMatchObject({ total: 3005 })
  })

  test('a store that does nothing of it keeps nobody from searching', async () => {
    await readBefore()
    const link = await storedName()
    for (const failing of ['read', 'write', 'touch', 'deleteBytes', 'drop'] as const) {
      list.songs.unshift(songOf(5000 + list.songs.length))
      const { searches, settled } = start(24, [failing])
      expect(await searches()).toMatchObject({ total: list.songs.length })
      await settled()
      now += hour
    }
    expect(await storedName()).toBe(link)
  })

  test('with 0 hours nothing is stored, and what was is deleted', async () => {
    const { searches, settled } = start(0)
    await searches()
    now += 11 * minute
    await searches()
    await settled()
    expect(await storedName()).toBeUndefined()

    await start().searches()
    const before = start()
    await before.searches()
    await before.settled()
    const name = (await storedName()) ?? ''
    expect(await store.getBytes(name)).toBeDefined()
    expect(await requestsOf(start(0).searches)).toBe(60)
    expect(await storedName()).toBeUndefined()
    expect(await store.getBytes(name)).toBeUndefined()
  })
})

test('Ana unlinks by way of another process while her library is read, or is to be saved: nothing is stored', async () => {
  const { library, searches, settled, counts, links } = start()
  list.beforeAnswer = async (request) => {
    if (request === 50) await links.delete('ana')
  }
  await expect(searches()).rejects.toThrow(NotLinkedError)
  await settled()
  expect(counts.write).toBe(0)
  expect(await library.find('ana', wordsFilter('song'), { offset: 0 }).catch((error: unknown) => error)).toBeInstanceOf(
    NotLinkedError,
  )
})

test('the export says how many songs there are, in how many bytes, and until when', async () => {
  const { library, links } = start()
  const before = (await links.find('ana'))!
  expect(await library.describeIndex('ana', before)).toBeNull()
  await search(library)
  await library.settled()
  const link = (await links.find('ana'))!
  const until = new Date(now + 24 * hour).toISOString()
  expect(await library.describeIndex('ana', link)).toEqual({
    songs: 3000,
    bytes: expect.any(Number),
    until,
    key: 'present',
  })
  now += 25 * hour
  expect(await library.describeIndex('ana', link)).toEqual({ songs: null, bytes: 0, until: null, key: 'present' })
})

test('an export says nothing of what cannot be read right now, and does not fail', async () => {
  await readBefore()
  const { library, links } = start(24, ['read', 'stat'])
  expect(await library.describeIndex('ana', (await links.find('ana'))!)).toMatchObject({ songs: null, key: 'present' })
})

test('a page does not wait for an index that the store is slow to give', async () => {
  await readBefore()
  const { library, settled, counts } = start()
  const held = Promise.withResolvers<void>()
  const { getBytes } = store
  store.getBytes = async (name) => held.promise.then(() => getBytes(name))
  list.songs.unshift(songOf(5001))
  expect(await library.newest('ana', { offset: 0 })).toMatchObject({ total: 3001 })
  held.resolve()
  // The front is compared once both are there, and what it has told is stored.
  await expect.poll(() => counts.write).toBe(1)
  expect(await library.suggest('ana', 'song 5001')).toHaveLength(1)
  await settled()
  expect(await requestsOf(() => search(library))).toBe(0)
})

test('what an earlier release has stored does not say which songs are explicit: who needs that asks Spotify', async () => {
  await readBefore()
  const { library, links } = start()
  const indexes = createLibraryIndexes(store, links)
  const link = (await links.find('ana'))!
  const pack = createPacker()(songsOf(3000).map((song) => ({ ...song, explicit: undefined })))
  const bytes = await encodeIndex({ segments: [{ pack, from: 0, to: 3000 }], complete: true, at: now })
  await indexes.write('ana', link, bytes, hour)
  const newest = (isRated?: boolean) => library.since('ana', songOf(2900).addedAt ?? 0, undefined, isRated)
  // The front, which says that the rest is as it was.
  expect(await requestsOf(newest)).toBe(1)
  expect((await newest()).songs.filter(({ explicit }) => explicit === undefined)).toHaveLength(51)
  expect(await requestsOf(() => newest(true))).toBe(2)
  expect(new Set((await newest(true)).songs.map(({ explicit }) => explicit))).toEqual(new Set([false]))
})
