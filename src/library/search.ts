import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { wordsOf } from './normalize.ts'
import { goneFrom, indexOfAnchor, positionOf, type Anchor, type PageRequest } from './page.ts'
import { lengthOf, range, songCount, type Segments } from './segments.ts'
import { songIn, textStart, type PackedSongs } from './packed-songs.ts'
import type { WholeLibrary } from './whole-library.ts'

/**
 * One page of the songs that hold every word of a query, newest first. `total`, `from` and `to` count matches.
 * `failure`: what has ended the reading of the library before it was complete, or up to date.
 */
export type FoundPage = Readonly<ReturnType<typeof foundPage>> & {
  readonly failure?: Error
  /** The periods of the filter that have not been looked through yet. */
  readonly unfinished?: readonly Period[]
}

/** The whole library is being read, and is not complete yet; or not up to date, where what was found has `asOf`. */
export interface SearchProgress extends NonNullable<WholeLibrary['reading']> {
  /** In what has been read so far. */
  readonly found: FoundPage
}

/** A song that was found, by its place in the list. */
export interface Hit {
  readonly place: number
  readonly pack: PackedSongs
  readonly index: number
}

/** From a time up to, not including, another; in milliseconds. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** Which songs of a library are looked for. */
export interface SongFilter {
  /** Within these, newest first, all that it finds was liked. */
  readonly periods?: readonly Period[]
  /** In their order. */
  find(segments: Segments): readonly Hit[]
  /** Whether some of what was looked for is in its album only. */
  isByAlbum?(hit: Hit): boolean
}

/** The songs that hold every word of a query; none for a query without words. */
export function wordsFilter(query: string): SongFilter {
  const words = wordsOf(query)
  return {
    find: (segments) => (words.length > 0 ? [...matches(segments, words)] : []),
    isByAlbum({ pack, index }) {
      const titleAndArtists = textIn(pack, index).split('\n', 2).join('\n')
      return !words.every((word) => titleAndArtists.includes(word))
    },
  }
}

/**
 * The page of what a filter finds in a library; `offset` counts hits. Throws what has ended the reading where nothing
 * worth showing was found by then.
 */
export function foundIn(library: WholeLibrary, filter: SongFilter, request: PageRequest): FoundPage | SearchProgress {
  const { segments, asOf, failure, isPartial, reading } = library
  const found = foundPage(segments, filter, request, asOf)
  // What a block or two hold is no search.
  if (failure && isPartial && (found.total === 0 || found.searched <= 2 * blockSize)) throw failure
  if (reading) return { ...reading, found }
  return { ...found, ...(failure && { failure }) }
}

/** The page of what a filter finds; `offset` counts hits. */
export function foundPage(segments: Segments, filter: SongFilter, request: PageRequest, asOf?: number) {
  const hits = filter.find(segments)
  const times = hits.map(({ pack, index }) => pack.addedAt[index] ?? NaN)
  const songAt = (at: number): Song[] => hits.slice(at, at + 1).map(({ pack, index }) => songIn(pack, index))
  const position = positionAmong(times, songAt, request)
  const shown = hits.slice(position.from, position.to)
  return {
    ...position,
    songs: shown.map(({ pack, index }) => songIn(pack, index)),
    /** For every song of the page its number in the whole list. */
    numbers: shown.map(({ place }) => lengthOf(segments) - place),
    /** For every song of the page whether some of what was looked for is in its album only. */
    isByAlbum: shown.map((hit) => filter.isByAlbum?.(hit) ?? false),
    asOf,
    /** Songs in the whole list. */
    library: lengthOf(segments),
    /** How many of those were searched: fewer where Spotify does not send all, or where there are too many. */
    searched: songCount(segments),
  }
}

/** Which page of some songs is meant, by when each was liked, in milliseconds or NaN, and by which one it is. */
export function positionAmong(times: ArrayLike<number>, songAt: SongAt, { offset, anchor }: PageRequest) {
  const newer = anchor === undefined ? 0 : placeAmong(times, songAt, anchor, offset) - anchor.offset
  return { ...positionOf(offset, times.length, newer), total: times.length, newer }
}

type SongAt = (place: number) => readonly Song[]

/** Where the anchor is among the songs that were found. */
function placeAmong(times: ArrayLike<number>, songAt: SongAt, anchor: Anchor, wanted: number): number {
  const { time, hash, offset } = anchor
  const places = range(0, times.length)
  // Few of them are worth a look.
  const isNear = (at = NaN): boolean => (time === undefined ? Number.isNaN(at) : Math.abs(at - time) < 1000)
  const found = places.filter((place) => isNear(times[place]) && indexOfAnchor(songAt(place), anchor, 0) === 0)
  const [place] = found.toSorted((one, other) => Math.abs(one - offset) - Math.abs(other - offset))
  if (place !== undefined || time === undefined) return place ?? offset
  const count = (before: number): number => places.filter((index) => (times[index] ?? NaN) > before).length
  return hash === undefined ? count(time) : goneFrom(count(time), count(time - 1000), anchor, wanted)
}

/** Where the songs are, newest first, whose normalized text holds all the normalized words; places count from 0. */
export function* matches(segments: Segments, words: readonly string[]) {
  let start = 0
  for (const { pack, from, to } of segments) {
    // Most packs are without the rarer words.
    if (pack && words.every((word) => pack.normalized.includes(word))) {
      for (let index = from; index < to; index += 1) {
        const text = textIn(pack, index)
        if (words.every((word) => text.includes(word))) yield { place: start + index - from, pack, index }
      }
    }
    start += to - from
  }
}

function textIn(pack: PackedSongs, index: number): string {
  return pack.normalized.slice(textStart(pack, index), textStart(pack, index + 1))
}

const most = 25

/** At most 25 different songs for what has been typed so far: titles that begin with it first. */
export function suggestions(segments: Segments, words: readonly string[]): Song[] {
  const beginning = words.join(' ')
  const first = new Map<string, Song>()
  const other = new Map<string, Song>()
  for (const { pack, index } of matches(segments, words)) {
    const begins = pack.normalized.startsWith(beginning, textStart(pack, index))
    if (!begins && other.size >= most) continue
    const song = songIn(pack, index)
    const songs = begins ? first : other
    if (song.title) songs.set([song.title, ...song.artists].join('\n'), song)
    if (first.size >= most) break
  }
  return [...first.values(), ...other.values()].slice(0, most)
}
