import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts/accounts.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { wordsOf } from './normalize.ts'
import { newestLike, positionOf, type LikedPage } from './page.ts'
import { isUnavailable } from './block-reader.ts'
import { lengthOf, songAt, songCount, songsBetween, type Segments } from './segments.ts'
import type { IndexCache, LibraryIndex } from './index-cache.ts'
import { songIn, textStart, type PackedSongs } from './packed-songs.ts'

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

/** A song that was found: its place in the list, from 0, and where it is packed. */
export interface Match {
  readonly place: number
  readonly pack: PackedSongs
  readonly index: number
}

/** The songs whose folded text holds all the folded words, newest first. */
export function* matches(runs: Segments, words: readonly string[]): Generator<Match> {
  // The longest word is the rarest as a rule, so the others are seldom looked for.
  const [rarest = '', ...others] = words.toSorted((one, other) => other.length - one.length)
  let start = 0
  for (const { pack, from, to } of runs) {
    for (const index of pack ? indicesWith(pack, rarest, from, to) : []) {
      const all = pack && others.every((word) => indexWith(pack, word, index, index + 1) === index)
      if (all) yield { place: start + index - from, pack, index }
    }
    start += to - from
  }
}

/** At most `most` different songs for what has been typed so far: titles that begin with it first. */
export function suggestions(runs: Segments, words: readonly string[], most: number): Song[] {
  const beginning = words.join(' ')
  const first = new Map<string, Song>()
  const other = new Map<string, Song>()
  for (const { pack, index } of matches(runs, words)) {
    const begins = pack.folded.startsWith(beginning, textStart(pack, index))
    if (!begins && other.size >= most) continue
    const song = songIn(pack, index)
    const songs = begins ? first : other
    if (song.title) songs.set([song.title, ...song.artists].join('\n'), song)
    if (first.size >= most) break
  }
  const rest = [...other].filter(([key]) => !first.has(key))
  return [...first, ...rest].slice(0, most).map(([, song]) => song)
}

function* indicesWith(pack: PackedSongs, word: string, from: number, to: number): Generator<number> {
  for (let index = indexWith(pack, word, from, to); index < to; index = indexWith(pack, word, index + 1, to))
    yield index
}

/** The first song between two indices whose text holds the word; the second index when there is none. */
function indexWith(pack: PackedSongs, word: string, from: number, to: number): number {
  const at = pack.folded.indexOf(word, textStart(pack, from))
  if (at < 0) return to
  let index = from
  while (index < to && textStart(pack, index + 1) <= at) index += 1
  return index
}
