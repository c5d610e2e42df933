import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, onTestFinished, test, vi } from 'vitest'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { createBlockReaders } from '../../src/library/block-reader.ts'
import { createPageCache, type CachedList, type PageCache } from '../../src/library/page-cache.ts'
import { createListFixture, noIndexes, songsOf } from './list-fixture.ts'

const megabyte = 2 ** 20
const minute = 60_000
const songs = songsOf(50)

function putBlocks(cache: PageCache, list: CachedList, count: number): void {
  for (let block = 0; block < count; block += 1) cache.put(list, { songs, total: 1_000_000, offset: block * 50 })
}

test('6,000 blocks of 600 lists stay within the bound, and the lists that went are not held', async () => {
  const cache = createPageCache(Date.now, 8 * megabyte)
  const lists = Array.from({ length: 600 }, (_, person) => {
    const list = cache.get(`${person}:`)
    putBlocks(cache, list, 10)
    expect(cache.size().bytes).toBeLessThanOrEqual(8 * megabyte)
    return new WeakRef(list)
  })
  const { lists: kept, bytes } = cache.size()
  expect(bytes).toBeGreaterThan(7 * megabyte)
  expect(kept).toBeLessThan(60)
  setFlagsFromString('--expose-gc')
  const collectGarbage = runInNewContext('gc') as () => void
  await expect
    .poll(() => {
      collectGarbage()
      return lists.filter((list) => list.deref()).length
    })
    .toBe(kept)
})

test('a list that alone is too large is let go, and the next use of it begins anew', () => {
  const cache = createPageCache(Date.now, megabyte)
  const list = cache.get('ana:')
  putBlocks(cache, list, 100)
  expect(cache.size()).toEqual({ lists: 0, bytes: 0 })
  expect(list.blocks.size).toBe(100)
  expect(cache.get('ana:').blocks.size).toBe(0)
})

test('least recently used lists go first', () => {
  const cache = createPageCache(Date.now, megabyte)
  for (const person of ['ana', 'ben']) putBlocks(cache, cache.get(`${person}:`), 15)
  cache.get('ana:')
  putBlocks(cache, cache.get('chiyo:'), 15)
  expect(['ana', 'ben', 'chiyo'].map((person) => cache.get(`${person}:`).blocks.size)).toEqual([15, 0, 15])
})

test('a list is purged a quarter of an hour after its last use, by the only timer there is', () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const cache = createPageCache(Date.now)
  putBlocks(cache, cache.get('ana:'), 10)
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(14 * minute)
  expect(cache.size().lists).toBe(1)
  vi.advanceTimersByTime(3 * minute)
  expect(cache.size()).toEqual({ lists: 0, bytes: 0 })
})

test('nothing of somebody who unlinks stays, nor comes from requests that are under way', async () => {
  const list = createListFixture(songsOf(500))
  const cache = createPageCache(Date.now)
  const open = createBlockReaders(list.accounts, cache, noIndexes)
  const [reader, abroad] = [await open('ana'), await open('ana', 'GB')]
  await Promise.all([reader.load(0), abroad.load(0)])
  const waiting = Promise.withResolvers<void>()
  list.beforeAnswer = () => waiting.promise
  const requests = Promise.allSettled([reader.load(50), reader.prefetch(100, 'page'), abroad.load(50)])
  cache.delete(`${reader.link.id}:`)
  expect([cache.size().lists, reader.list.blocks.size, abroad.list.blocks.size]).toEqual([0, 0, 0])
  // This one was answered before the link was gone.
  cache.put(reader.list, { songs, total: 500, offset: 150 })
  list.linked = false
  waiting.resolve()
  for (const request of await requests) expect(request).toHaveProperty('reason', expect.any(NotLinkedError))
  expect(cache.size()).toEqual({ lists: 0, bytes: 0 })
})
