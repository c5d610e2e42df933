import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { blocksFor, newestLike, pageSize, readPage, songsLikedSince, type LikedPage, type PageRequest } from './page.ts'
import { draw, type RandomSong } from './random.ts'
import { createBlockReaders } from './block-reader.ts'
import { createSearch, type FoundPage, type SearchProgress, type Suggestions } from './search.ts'
import { createIndexCache } from './index-cache.ts'
import { createPageCache } from './page-cache.ts'
import { readPageByDate, type DatePage, type DateRange } from './by-date.ts'

export type { FoundPage, LikedPage, PageRequest, DateRange, RandomSong, SearchProgress, Suggestions, DatePage }

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
      const { blocks, asOf } = await reader.read([0], reader.load)
      return readPage(reader, offset, newestLike(blocks.flat()), asOf)
    },
    /** A page of a list that was shown before, from the cache where possible. */
    async page(person: string, { offset, anchor, market }: PageRequest): Promise<LikedPage> {
      const reader = await open(person, market)
      // With nothing cached both are requested at once; newer songs seldom push the page into another block.
      const likely = reader.fresh(0) ? [0] : [0, ...blocksFor(offset, offset + 1, blockSize)]
      const { asOf } = await reader.read(likely)
      return readPage(reader, offset, anchor, asOf)
    },
    /** A fair draw over the whole list, for two requests at most. */
    async random(person: string): Promise<RandomSong> {
      return draw(await open(person))
    },
    /** The page of a time, for about a dozen requests at most; it turns like any other. */
    async byDate(person: string, period: DateRange): Promise<DatePage> {
      return readPageByDate(await open(person), period)
    },
    /**
     * The songs liked since a time in milliseconds, newest first as Spotify lists them: for most people one request,
     * and none when their newest are cached, as they were after `asOf`. Of somebody who likes very much the newest two
     * hundred.
     */
    async since(person: string, time: number, asOf?: number): Promise<readonly Song[]> {
      return songsLikedSince(await open(person), time, asOf)
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
