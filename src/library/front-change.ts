import { unsent } from '../spotify/client.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import { createPacker } from './packed-songs.ts'
import { sameSongs } from './page-cache.ts'
import { compact, indexOfSong, lengthOf, slice, songCount, songsBetween, type Segments } from './segments.ts'

/** A place in the known list; `sure` when the known song there, or the one before, is the neighbour on the page. */
export interface Boundary {
  readonly place: number
  readonly sure: boolean
}

/**
 * Where some neighbours begin and end in a part of the known list; undefined where none of them is in it. `missing`:
 * places behind them that nothing was sent for.
 */
export function boundariesOf(
  known: Segments,
  songs: readonly Song[],
  missing: number,
  from = 0,
  to = lengthOf(known),
): { readonly before: Boundary; readonly after: Boundary } | undefined {
  const between = slice(known, from, to)
  const places = songs.flatMap((song) => indexOfSong(between, song) ?? [])
  const [first] = places
  const last = places.at(-1)
  if (first === undefined || last === undefined) return undefined
  return { before: { place: from + first, sure: true }, after: { place: from + last + 1 + missing, sure: true } }
}

/** The known list between two boundaries, where it is as long as the list between them is now: the same, that is. */
export function unchanged(known: Segments, from: Boundary, to: Boundary, places: number): Segments | undefined {
  const between = slice(known, from.place, to.place)
  return from.sure && to.sure && lengthOf(between) === places ? between : undefined
}

/** The whole list as it is now, where its first page shows everything that has changed in it since. */
export function withFront(known: Segments, front: SavedPage): Segments | undefined {
  const { songs, total } = front
  if (total === lengthOf(known) && sameSongs(songsBetween(known, 0, songs.length), songs)) return known
  if (unsent(front) > 0 || songCount(known) < lengthOf(known)) return undefined
  const places = total - songs.length
  const begin = boundariesOf(known, songs, 0)?.after
  const rest = places === 0 ? [] : begin && unchanged(known, begin, { place: lengthOf(known), sure: true }, places)
  const pack = createPacker()
  return rest && compact([{ pack: pack(songs), from: 0, to: songs.length }, ...rest], pack)
}
