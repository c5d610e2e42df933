import { randomInt } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize, disorder } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { firstBefore } from './binary-search.ts'
import { blocksFor, pageSize, readNow, readPage, type LikedPage, type PageRequest } from './page.ts'
import { createBlockReaders } from './block-reader.ts'
import { createCommonSongs } from './common-songs.ts'
import { foundIn, type FoundPage, type SearchProgress, type SongFilter } from './search.ts'
import { readSpan, type SpanRequest } from './span.ts'
import type { IndexStore } from './index-store.ts'
import { createIndexCache } from './index-cache.ts'
import { requestsToRead } from './library-index.ts'
import { createPageCache } from './page-cache.ts'
import { foundWithin } from './periods.ts'
import { createSuggestions } from './suggestions.ts'
import { createWholeLibraries } from './whole-library.ts'

export type { FoundPage, LikedPage, PageRequest, SearchProgress }

/** Of the songs of one person in a roundup: four requests. */
const mostLiked = 200

/** Spotify did not send all that was asked for. */
export class PartlyReadError extends SpotifyDownError {
  readonly songs: readonly Song[]

  constructor(songs: readonly Song[], cause: Error) {
    super(cause.message, { cause })
    this.songs = songs
  }
}

/** Somebody's liked songs. Rejects with NotLinkedError and the errors of `accounts` and `spotify`. */
export type Library = ReturnType<typeof createLibrary>

/**
 * @param patience how long a search waits for a reading before telling how far it is, in milliseconds
 * @param stored where whole libraries are kept; without it they are in memory only
 */
export function createLibrary(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  now: () => number = Date.now,
  patience = 2_500,
  stored?: IndexStore,
) {
  const pages = createPageCache(now)
  const indexes = createIndexCache(accounts, now, undefined, ({ id }) => pages.get(`${id}:`), stored)
  const open = createBlockReaders(accounts, pages, indexes)
  const whole = createWholeLibraries(accounts, indexes, now, patience)

  return {
    /** The first page, or the one around an offset, of the list as it is now. */
    async newest(person: string, { offset, market }: Omit<PageRequest, 'anchor'>): Promise<LikedPage> {
      const reader = await open(person, market)
      return readNow(reader, offset, reader.load)
    },
    /** A page of a list that was shown before, from the cache where possible. */
    async page(person: string, { offset, anchor, market }: PageRequest): Promise<LikedPage> {
      const reader = await open(person, market)
      const [own = 0] = blocksFor(anchor?.offset ?? 0, 0, blockSize)
      // With nothing cached both are requested at once; newer songs seldom push the page into another block.
      const likely = reader.fresh(own) || !Number.isFinite(offset) ? [own] : [own, ...blocksFor(offset, 0, blockSize)]
      await reader.follow(likely)
      const { blocks: _, ...earlier } = await reader.read([...new Set(likely)])
      return readPage(reader, offset, anchor, earlier)
    },
    /**
     * A fair draw over the whole list, for two requests at most; with the song's number, where the newest has `total`,
     * and how many songs Spotify does not send.
     */
    async random(person: string) {
      const { list, read, attempt } = await open(person)
      await read([0])
      const drawn = randomInt(Math.max(list.total, 1))
      const block = drawn - (drawn % blockSize)
      await attempt(block)
      const { total, blocks } = list
      const short = blocks.values().reduce((sum, { missing }) => sum + missing, 0)
      const unread = list.unreadable.songs(total) + short
      // Where no song is at the place that was drawn, the songs around it are drawn from, and then the newest.
      for (const from of [block, 0]) {
        const songs = blocks.get(from)?.songs ?? []
        const places = songs.flatMap(({ uri }, index) => (uri.startsWith('missing:') ? [] : [from + index]))
        const place = places.includes(drawn) ? drawn : places[randomInt(Math.max(places.length, 1))]
        if (place !== undefined) return { song: songs[place - from], number: total - place, total, unread }
      }
      return { song: undefined, number: 0, total, unread }
    },
    /**
     * The page with the newest song that was liked before `to`, for about a dozen requests at most; it turns like any
     * other. `in`: that song was liked at `from` or later. `nearest`: none was, and that song is the next older one.
     * `before-first`: the first like of all came later; this is the last page. `after-last`: the period lies after
     * the newest like; this is the first page. An empty list is `nearest`. `unread`: so many songs of about that time
     * Spotify does not send, and the page is what comes before them.
     */
    async byDate(person: string, { from, to }: { from: number; to: number }) {
      const reader = await open(person)
      await reader.read([0])
      const { place, unread } = await firstBefore(reader, to)
      const page = { ...(await readNow(reader, place)), unread }
      const { total } = page
      const likedAt = page.songs[place - page.from]?.addedAt
      if (likedAt !== undefined && likedAt >= from && likedAt < to) return { ...page, found: 'in' as const }
      if (total > 0 && place >= total) return { ...page, found: 'before-first' as const }
      return { ...page, found: total > 0 && place === 0 ? ('after-last' as const) : ('nearest' as const) }
    },
    /** All songs of a time, or the newest ones. */
    span: async (person: string, request: SpanRequest) => readSpan(await open(person), request),
    /**
     * The songs liked since a time in milliseconds, newest first as Spotify lists them, of the newest two hundred: for
     * most people one request, none when those are cached, as they were after `asOf`. `isCut`: there are more. Rejects with
     * PartlyReadError where Spotify sends some of them only. `isRated`: it has to be known which of them are explicit.
     */
    async since(person: string, time: number, asOf?: number, isRated = false) {
      const { list, prefetch, openIndex } = await open(person)
      const found: Song[] = []
      let oldest = Infinity
      for (let offset = 0; offset < mostLiked; offset += blockSize) {
        if (offset === blockSize) await openIndex()
        // Nobody waits for a single member, so people in front of a page go first.
        const songs = await prefetch(offset, 'roundup', asOf, isRated).catch((error: unknown) => {
          throw offset > 0 && error instanceof SpotifyDownError ? new PartlyReadError(since(found), error) : error
        })
        found.push(...songs)
        oldest = Math.min(oldest, ...songs.flatMap(({ addedAt }) => addedAt ?? []))
        if (oldest < time - disorder) break
        if (list.blocks.get(offset)?.missing)
          throw new PartlyReadError(since(found), new SpotifyDownError('GET /me/tracks sends less than its total says'))
        if (offset + blockSize >= list.total) break
      }
      return { songs: since(found), isCut: list.total > mostLiked && oldest >= time }
      function since(songs: readonly Song[]): Song[] {
        return songs.filter(({ addedAt }) => addedAt !== undefined && addedAt >= time)
      }
    },
    /**
     * The songs that a filter finds; `offset` counts them. The first search begins to read the whole
     * library, and a later one to bring it up to date; where that takes longer than a person likes to wait, what is found
     * by then, to be asked again with `done` of that answer. Where Spotify ends it, what was found until then, if anything
     * was, with `asOf` where that was the whole library at some time. Rejects with UserError when too much is read.
     * Of what lies within periods no more is read than that, for twenty requests at most, unless a whole library is in hand.
     */
    async find(
      person: string,
      filter: SongFilter,
      request: PageRequest,
      begun?: SearchProgress['done'],
    ): Promise<FoundPage | SearchProgress> {
      const { periods } = filter
      const reader = periods && !begun ? await open(person) : undefined
      const index = reader && (await indexes.open(person, reader.link).catch(() => undefined))
      if (!periods || !reader || index?.complete || index?.found)
        return foundIn(await whole(person, begun), filter, request)
      return foundWithin(reader, filter, periods, request)
    },
    whole,
    /** About how many requests it takes to have the whole library in hand; one for what is new where it is already. */
    async requestsForWhole(person: string): Promise<number> {
      const reader = await open(person)
      const index = await indexes.open(person, reader.link).catch(() => indexes.get(reader.link))
      if (index.complete) return 1
      await reader.load(0)
      return requestsToRead(index, reader.list.total) ?? 1
    },
    ...createSuggestions(accounts, indexes, pages),
    /** What two people have both liked, of what is known of their libraries. */
    compare: createCommonSongs(),
    /** Where the page of that number, from 1, begins. */
    offsetOfPage: (page: number): number => (page - 1) * pageSize,
    /** Drops everything that is cached of a link that is gone, and ends its reading. */
    deleteCached(link: Link): void {
      pages.delete(`${link.id}:`)
      indexes.delete(link)
    },
    /** What there is to tell of the index that is stored, with its key as "present"; null where there is none. */
    describeIndex: async (person: string, link: Link) => (await stored?.describe(person, link)) ?? null,
    /** Resolves when all that is to be stored is. */
    settled: async () => stored?.settled(),
    /** Ends what is read now, and resolves when what was read of it is stored. */
    close: async () => stored?.close(),
  }
}
