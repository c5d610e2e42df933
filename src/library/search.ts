import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts/accounts.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { wordsOf } from './normalize.ts'
import { matches, suggestions } from './matches.ts'
import { positionOf } from './pages.ts'
import { isUnavailable } from './block-reader.ts'
import { lengthOf, songAt, songCount, songsBetween } from './segments.ts'
import type { LibraryIndex, IndexCache } from './index-cache.ts'
import { newestLike, type LikedPage } from './page.ts'

/** One page of the songs that hold every word of a query, newest first. `total`, `from` and `to` count hits. */
export interface FoundPage extends LikedPage {
  /** For every song of the page its number in the whole list. */
  readonly numbers: readonly number[]
  /** Songs in the whole list. */
  readonly library: number
  /** How many of those were searched: fewer only in a library that is too large to be read whole. */
  readonly searched: number
}

/** The whole library is being read, and is not in hand yet. */
export interface SearchProgress {
  readonly read: number
  /** 0 while it is not known yet. */
  readonly total: number
  /** Until when Spotify has asked to wait, in milliseconds; undefined when it has not. */
  readonly until: number | undefined
  /** Resolves when the reading has ended, well or not: asking again tells. */
  readonly done: Promise<void>
}

export interface SearchRequest {
  /** Counts hits, as in the page that was shown before. */
  readonly offset: number
  readonly anchor?: number | undefined
}

/** What to offer for the beginning of a query, or how far the reading of the library is. */
export type Suggestions =
  | { readonly titles: readonly Pick<Song, 'title' | 'artists'>[] }
  | { readonly reading: Pick<SearchProgress, 'read' | 'total' | 'until'> }

// How long a person waits for a reading before they are told how far it is, in milliseconds.
const usualPatience = 2_500
const mostSuggestions = 25
const pauseAfterFailure = 30_000

export function createSearch(
  accounts: Pick<Accounts, 'get'>,
  shelves: IndexCache,
  now: () => number,
  patience = usualPatience,
) {
  return {
    async search(person: string, query: string, request: SearchRequest): Promise<FoundPage | SearchProgress> {
      const link = await accounts.get(person)
      const shelf = shelves.get(link)
      if (shelves.isFresh(shelf)) return foundPage(shelf, wordsOf(query), request, undefined)
      const reading = shelves.update(person, link, shelf)
      const asOf = shelf.complete ? shelf.at : undefined
      const ended = await endedInTime(reading, asOf !== undefined, patience)
      if (shelf.complete) return foundPage(shelf, wordsOf(query), request, ended ? undefined : asOf)
      const done = reading.catch(() => undefined)
      return { ...progressOf(shelf), done }
    },
    async suggest(person: string, text: string): Promise<Suggestions> {
      const link = await accounts.get(person)
      const shelf = shelves.get(link)
      if (!shelves.isFresh(shelf) && shelf.failedAt + pauseAfterFailure < now()) {
        shelves.update(person, link, shelf).catch(() => undefined)
      }
      if (!shelf.complete) return { reading: progressOf(shelf) }
      return { titles: suggestions(shelf.segments, wordsOf(text), mostSuggestions) }
    },
  }

  function progressOf({ read, total, until }: LibraryIndex): Omit<SearchProgress, 'done'> {
    return { read, total, until: until > now() ? until : undefined }
  }
}

/** False when it takes too long, or when Spotify does not answer and there is something to show without it. */
async function endedInTime(reading: Promise<void>, otherwise: boolean, patience: number): Promise<boolean> {
  const late = new AbortController()
  try {
    const tooLong = sleep(patience, false, { signal: late.signal })
    return await Promise.race([reading.then(() => true), tooLong])
  } catch (error) {
    if (!otherwise || !isUnavailable(error)) throw error
    return false
  } finally {
    late.abort()
  }
}

function foundPage(
  { segments: runs }: LibraryIndex,
  words: readonly string[],
  { offset, anchor }: SearchRequest,
  asOf: number | undefined,
): FoundPage {
  const places: number[] = []
  let newer = 0
  for (const { place, pack, index } of words.length > 0 ? matches(runs, words) : []) {
    places.push(place)
    if (anchor !== undefined && (pack.addedAt[index] ?? 0) > anchor) newer += 1
  }
  const found = positionOf(offset, places.length, newer)
  const shown = places.slice(found.from, found.to)
  return {
    ...found,
    songs: shown.flatMap((one) => songAt(runs, one) ?? []),
    numbers: shown.map((one) => lengthOf(runs) - one),
    total: places.length,
    newer,
    anchor: anchor ?? newestLike(songsBetween(runs, 0, blockSize)),
    asOf,
    library: lengthOf(runs),
    searched: songCount(runs),
  }
}
