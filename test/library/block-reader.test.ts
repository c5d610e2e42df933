import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { createBlockReaders, type BlockReader } from '../../src/library/block-reader.ts'
import { createPageCache, type PageCache } from '../../src/library/page-cache.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import { createListFixture, noIndexes, songOf, songsOf, type ListFixture } from './list-fixture.ts'

/** What each step of a request waits for: its token, its page once Spotify has made it, and whether Ana is still linked. */
interface Steps {
  token?: Promise<void> | undefined
  page?: Promise<void> | undefined
  check?: Promise<void> | undefined
}

/** Two readers of one list of 500 songs. */
async function openTwo(): Promise<{
  list: ListFixture
  cache: PageCache
  steps: Steps
  one: BlockReader
  other: BlockReader
}> {
  const list = createListFixture(songsOf(500))
  const cache = createPageCache(Date.now)
  const steps: Steps = {}
  const { get, withToken } = list.accounts
  const open = createBlockReaders(
    {
      async get(person) {
        await steps.check
        return get(person)
      },
      async withToken(person, link, work, how) {
        const { token, page } = steps
        await token
        const late: typeof work = async (accessToken, api) =>
          work(accessToken, {
            ...api,
            async savedTracks(...request) {
              const made = await api.savedTracks(...request)
              await page
              return made
            },
          })
        return withToken(person, link, late, how)
      },
    },
    cache,
    noIndexes,
  )
  const [one, other] = [await open('ana'), await open('ana')]
  return { list, cache, steps, one, other }
}

test('a block whose prefetch ends while a reader is on the way to Spotify is requested once', async () => {
  const { list, steps, one, other } = await openTwo()
  const [page, token] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  steps.page = page.promise
  const prefetching = one.prefetch(50, 'page')
  steps.token = token.promise
  const reading = [other.need(50), one.need(50), other.prefetch(50, 'page')]
  await turn()
  page.resolve()
  await turn()
  token.resolve()
  const songs = list.songs.slice(50, 100)
  expect(await Promise.all([prefetching, ...reading])).toEqual([songs, songs, songs, songs])
  expect(list.asked).toEqual([50])
  expect(other.list.requests.size).toBe(0)
})

test('a block is cached as soon as it comes, while its reader still looks whether Ana is linked', async () => {
  const { list, steps, one, other } = await openTwo()
  const check = Promise.withResolvers<void>()
  steps.check = check.promise
  const prefetching = one.prefetch(50, 'page')
  await turn()
  expect(await other.need(50)).toEqual(list.songs.slice(50, 100))
  expect(list.asked).toEqual([50])
  check.resolve()
  await prefetching
})

test('a person does not wait for a prefetch that fails, or that waits for longer than they would', async () => {
  const { list, steps, one, other } = await openTwo()
  const page = Promise.withResolvers<void>()
  steps.page = page.promise
  const failing = one.prefetch(50, 'page')
  steps.page = undefined
  expect(await other.need(50)).toEqual(list.songs.slice(50, 100))
  page.reject(new RateLimitedError(Date.now() + 3_600_000, 'quota'))
  await expect(failing).rejects.toThrow(RateLimitedError)
  expect(one.fresh(50)?.songs).toHaveLength(50)
})

test('a prefetch from before a change that has been seen does not undo it, and loses no block', async () => {
  const { list, steps, one, other } = await openTwo()
  await one.load(0)
  const page = Promise.withResolvers<void>()
  steps.page = page.promise
  const prefetching = one.prefetch(50, 'page')
  await turn()
  steps.page = undefined
  list.songs.unshift(songOf(501))
  await other.load(0)
  page.resolve()
  await prefetching
  expect(other.list).toMatchObject({ total: 501, generation: 1 })
  expect(other.fresh(0)?.songs[0]).toEqual(songOf(501))
  expect(other.fresh(50)).toBeUndefined()
  // The list is read on as it is now: no song twice and none left out.
  const { blocks } = await other.read([0, 50])
  expect(blocks.flat()).toEqual(list.songs.slice(0, 100))
})

test('what comes for somebody who has unlinked by way of another process does not stay', async () => {
  const { list, cache, steps, one, other } = await openTwo()
  await one.load(0)
  const check = Promise.withResolvers<void>()
  steps.check = check.promise
  const prefetching = one.prefetch(50, 'page')
  await turn()
  list.linked = false
  check.resolve()
  await expect(prefetching).rejects.toThrow(NotLinkedError)
  expect(cache.size()).toEqual({ lists: 0, bytes: 0 })
  await expect(other.need(50)).rejects.toThrow(NotLinkedError)
  expect(other.list.blocks.size).toBe(0)
})

test('nothing that is cached is shown where Spotify fails and she has unlinked by way of another process', async () => {
  const { list, cache, one } = await openTwo()
  await one.load(0)
  list.beforeAnswer = () => {
    throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
  }
  expect(await one.read([0], one.load)).toMatchObject({ asOf: expect.any(Number) })
  list.beforeAnswer = () => {
    list.linked = false
    throw new RateLimitedError(Date.now() + 3_600_000, 'quota')
  }
  await expect(one.read([0], one.load)).rejects.toThrow(NotLinkedError)
  expect(cache.size()).toEqual({ lists: 0, bytes: 0 })
})
