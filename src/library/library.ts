import { randomInt } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { firstBefore } from './binary-search.ts'
import { blocksFor, pageSize, readNow, readPage, type LikedPage, type PageRequest } from './page.ts'
import { createBlockReaders } from './block-reader.ts'
import { createSearch, type FoundPage, type SearchProgress, type Suggestions } from './search.ts'
import { createIndexCache } from './index-cache.ts'
import { createPageCache } from './page-cache.ts'

export type { FoundPage, LikedPage, PageRequest, SearchProgress, Suggestions }

/** Milliseconds since the epoch; `to` is no longer part of it. */
export interface DateRange {
  readonly from: number
  readonly to: number
}

/** The page with the newest song that was liked before the end of a period. */
export interface DatePage extends LikedPage {
  /**
   * `in`: that song was liked in the period. `nearest`: nothing was, and that song is the next older one.
   * `before-first`: the first like of all came later; this is the last page. `after-last`: the period lies after
   * the newest like; this is the first page. An empty list is `nearest`.
   */
  readonly found: 'in' | 'nearest' | 'before-first' | 'after-last'
}

const maxSongsSince = 200
// Within a minute Spotify does not list by seconds.
const disorder = 60_000

/** Somebody's liked songs. Rejects with NotLinkedError and the errors of `accounts` and `spotify`. */
export type Library = ReturnType<typeof createLibrary>

/** @param patience how long a search waits for a reading, in milliseconds; 2,500 without it */
export function createLibrary(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  now: () => number = Date.now,
  patience?: number,
) {
  const pages = createPageCache(now)
  const indexes = createIndexCache(accounts, now, undefined, ({ id }) => {
    const { blocks, total } = pages.get(`${id}:`)
    return blocks.size > 0 ? total : undefined
  })
  const open = createBlockReaders(accounts, pages, indexes)

  return {
    /** The first page, or the one around an offset, of the list as it is now. */
    async newest(person: string, { offset, market }: Omit<PageRequest, 'anchor'>): Promise<LikedPage> {
      const reader = await open(person, market)
      return readNow(reader, offset, reader.load)
    },
    /** A page of a list that was shown before, from the cache where possible. */
    async page(person: string, { offset, anchor, market }: PageRequest): Promise<LikedPage> {
      const reader = await open(person, market)
      // With nothing cached both are requested at once; newer songs seldom push the page into another block.
      const likely = reader.fresh(0) ? [0] : [0, ...blocksFor(offset, offset + 1, blockSize)]
      const { asOf } = await reader.read(likely)
      return readPage(reader, offset, anchor, asOf)
    },
    /** A fair draw over the whole list, for two requests at most; with the song's number, where the newest has `total`. */
    async random(person: string) {
      const { list, read, need } = await open(person)
      await read([0])
      const drawn = randomInt(Math.max(list.total, 1))
      const block = drawn - (drawn % blockSize)
      await need(block)
      const { total, blocks } = list
      // Where no song is at the place that was drawn, the songs around it are drawn from, and then the newest.
      for (const from of [block, 0]) {
        const songs = blocks.get(from)?.songs ?? []
        const places = songs.flatMap(({ uri }, index) => (uri.startsWith('missing:') ? [] : [from + index]))
        const place = places.includes(drawn) ? drawn : places[randomInt(Math.max(places.length, 1))]
        if (place !== undefined) return { song: songs[place - from], number: total - place, total }
      }
      return { song: undefined, number: 0, total }
    },
    /** The page of a time, for about a dozen requests at most; it turns like any other. */
    async byDate(person: string, { from, to }: DateRange): Promise<DatePage> {
      const reader = await open(person)
      await reader.read([0])
      const place = await firstBefore(reader, to)
      const page = await readNow(reader, place)
      const { total } = page
      const likedAt = page.songs[place - page.from]?.addedAt
      if (likedAt !== undefined && likedAt >= from && likedAt < to) return { ...page, found: 'in' }
      if (total > 0 && place >= total) return { ...page, found: 'before-first' }
      return { ...page, found: total > 0 && place === 0 ? 'after-last' : 'nearest' }
    },
    /**
     * The songs liked since a time in milliseconds, newest first as Spotify lists them: for most people one request,
     * and none when their newest are cached, as they were after `asOf`. Of somebody who likes very much the newest two
     * hundred.
     */
    async since(person: string, time: number, asOf?: number): Promise<readonly Song[]> {
      const { list, prefetch } = await open(person)
      const found: Song[] = []
      for (let offset = 0; offset < maxSongsSince; offset += blockSize) {
        // Nobody waits for a single member, so people in front of a page go first.
        const songs = await prefetch(offset, asOf)
        found.push(...songs)
        const times = songs.flatMap(({ addedAt }) => addedAt ?? [])
        if (Math.min(...times) < time - disorder || offset + blockSize >= list.total) break
      }
      return found.filter(({ addedAt }) => addedAt !== undefined && addedAt >= time)
    },
    ...createSearch(accounts, indexes, now, patience),
    /** Where the page of that number, from 1, begins. */
    offsetOfPage: (page: number): number => (page - 1) * pageSize,
    /** Drops everything that is cached of a link that is gone, and ends its reading. */
    deleteCached(link: Link): void {
      pages.delete(`${link.id}:`)
      indexes.delete(link)
    },
  }
}
