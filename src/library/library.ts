import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { blocksFor, newestLike, pageSize, readPage, songsLikedSince, type LikedPage } from './page.ts'
import { draw, type RandomSong } from './random.ts'
import { createBlockReaders, orCached } from './block-reader.ts'
import { createSearch, type FoundPage, type SearchProgress, type SearchRequest, type Suggestions } from './search.ts'
import { createIndexCache } from './index-cache.ts'
import { createPageCache } from './page-cache.ts'
import { readPageByDate, type DatePage, type DateRange } from './by-date.ts'

export type { FoundPage, LikedPage, DateRange, RandomSong, SearchProgress, SearchRequest, Suggestions, DatePage }

export interface PageRequest {
  readonly offset: number
  /** From an earlier page of the same list; without one the list is asked for anew and anchored at its newest. */
  readonly anchor?: number | undefined
  readonly market?: string | undefined
}

/** Somebody's liked songs. Rejects with NotLinkedError and the errors of `accounts` and `spotify`. */
export interface Library {
  /** The first page, or the one around an offset, of the list as it is now. */
  newest(person: string, request: Omit<PageRequest, 'anchor'>): Promise<LikedPage>
  /** A page of a list that was shown before, from the cache where possible. */
  page(person: string, request: PageRequest): Promise<LikedPage>
  /** A fair draw over the whole list, for two requests at most. */
  random(person: string): Promise<RandomSong>
  /** The page of a time, for about a dozen requests at most; it turns like any other. */
  byDate(person: string, period: DateRange): Promise<DatePage>
  /**
   * The songs that hold all words of a query. The first one begins to read the whole library; where that takes
   * longer than a person likes to wait, how far it is, to be asked again. Rejects with UserError when too much is read.
   */
  search(person: string, query: string, request: SearchRequest): Promise<FoundPage | SearchProgress>
  /** Songs for what has been typed so far, at most 25, from memory: it never waits for Spotify. */
  suggest(person: string, text: string): Promise<Suggestions>
  /**
   * The songs liked since a time in milliseconds, newest first as Spotify lists them: for most people one request,
   * and none when their newest are cached, as they were after `asOf`. Of somebody who likes very much the newest two
   * hundred.
   */
  since(person: string, time: number, asOf?: number): Promise<readonly Song[]>
  /** Where the page of that number, from 1, begins. */
  offsetOfPage(page: number): number
  /** Drops everything that is cached of a link that is gone, and ends its reading. */
  deleteCached(link: Link): void
}

/** @param patience how long a search waits for a reading, in milliseconds; 2,500 without it */
export function createLibrary(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  now: () => number = Date.now,
  patience?: number,
): Library {
  const pages = createPageCache(now)
  const indexes = createIndexCache(accounts, now, undefined, ({ id }) => {
    const { blocks, total } = pages.get(`${id}:`)
    return blocks.size > 0 ? total : undefined
  })
  const open = createBlockReaders(accounts, pages, indexes.checkFront)

  return {
    async newest(person, { offset, market }) {
      const reader = await open(person, market)
      const asOf = await orCached(reader, () => reader.load(0))
      return readPage(reader, offset, newestLike(reader.list.blocks.get(0)?.songs), asOf)
    },
    async page(person, { offset, anchor, market }) {
      const reader = await open(person, market)
      // With nothing cached both are requested at once; newer songs seldom push the page into another block.
      const likely = reader.fresh(0) ? [0] : [0, ...blocksFor(offset, offset + 1, blockSize)]
      const asOf = await orCached(reader, () => Promise.all(likely.map(reader.need)), likely)
      return readPage(reader, offset, anchor, asOf)
    },
    async random(person) {
      const reader = await open(person)
      return draw(reader, indexes.upToDate(reader.link))
    },
    async byDate(person, period) {
      const reader = await open(person)
      return readPageByDate(reader, period, indexes.upToDate(reader.link))
    },
    async since(person, time, asOf) {
      return songsLikedSince(await open(person), time, asOf)
    },
    ...createSearch(accounts, indexes, now, patience),
    offsetOfPage: (page) => (page - 1) * pageSize,
    deleteCached(link) {
      pages.delete(`${link.id}:`)
      indexes.delete(link)
    },
  }
}
