import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { blocksFor, pageSize } from './pages.ts'
import { draw, type RandomSong } from './random.ts'
import { createReaders, orInHand } from './block-reader.ts'
import { likedSince } from './since.ts'
import { createSearch, type FoundPage, type Reading, type SearchRequest, type Suggestions } from './search.ts'
import { createShelves } from './index-cache.ts'
import { newestLike, show, type LikedPage } from './page.ts'
import { createViews, type View } from './page-cache.ts'
import { showWhen, type Period, type WhenPage } from './by-date.ts'

export type { FoundPage, LikedPage, Period, RandomSong, Reading, SearchRequest, Suggestions, WhenPage }

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
  /** A page of a list that was shown before, from what is in hand where possible. */
  turn(person: string, request: PageRequest): Promise<LikedPage>
  /** A fair draw over the whole list, for two requests at most. */
  random(person: string): Promise<RandomSong>
  /** The page of a time, for about a dozen requests at most; it turns like any other. */
  when(person: string, period: Period): Promise<WhenPage>
  /**
   * The songs that hold all words of a query. The first one begins to read the whole library; where that takes
   * longer than a person likes to wait, how far it is, to be asked again. Rejects with UserError when too much is read.
   */
  search(person: string, query: string, request: SearchRequest): Promise<FoundPage | Reading>
  /** Songs for what has been typed so far, at most 25, from memory: it never waits for Spotify. */
  suggest(person: string, text: string): Promise<Suggestions>
  /**
   * The songs liked since a time in milliseconds, newest first as Spotify lists them: for most people one request,
   * and none when their newest are in hand, as they were at `asOf` or later. Of somebody who likes very much the
   * newest two hundred.
   */
  since(person: string, time: number, asOf?: number): Promise<readonly Song[]>
  /** Where the page of that number, from 1, begins. */
  offsetOfPage(page: number): number
  /** Lets go of everything in hand of a link that is gone. */
  forget(link: Link): void
}

export function createLibrary(accounts: Pick<Accounts, 'get' | 'withToken'>, now: () => number = Date.now): Library {
  const views = createViews(now)
  const shelves = createShelves(accounts, now, undefined, ({ id }) => totalIn(views.of(`${id}:`)))
  const open = createReaders(accounts, views, shelves.saw)

  return {
    async newest(person, { offset, market }) {
      const reader = await open(person, market)
      const asOf = await orInHand(reader, () => reader.load(0))
      return show(reader, offset, newestLike(reader.view.blocks.get(0)?.songs), asOf)
    },
    async turn(person, { offset, anchor, market }) {
      const reader = await open(person, market)
      // With nothing in hand both are asked for at once; newer songs seldom push the page into another block.
      const likely = reader.fresh(0) ? [0] : [0, ...blocksFor(offset, offset + 1, blockSize)]
      const asOf = await orInHand(reader, () => Promise.all(likely.map(reader.need)), likely)
      return show(reader, offset, anchor, asOf)
    },
    async random(person) {
      const reader = await open(person)
      return draw(reader, shelves.inHand(reader.link))
    },
    async when(person, period) {
      const reader = await open(person)
      return showWhen(reader, period, shelves.inHand(reader.link))
    },
    async since(person, time, asOf) {
      return likedSince(await open(person), time, asOf)
    },
    ...createSearch(accounts, shelves, now),
    offsetOfPage: (page) => (page - 1) * pageSize,
    forget(link) {
      views.forget(`${link.id}:`)
      shelves.forget(link)
    },
  }
}

function totalIn({ blocks, total }: View): number | undefined {
  return blocks.size > 0 ? total : undefined
}
