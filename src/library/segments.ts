import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { indexIn, songIn, type PackedSongs } from './packed-songs.ts'

/** Songs `from` up to, not including, `to` of a pack. Without a pack: places whose songs are not known. */
export interface Segment {
  readonly pack: PackedSongs | undefined
  readonly from: number
  readonly to: number
}

/** A list, newest first, of which parts may be unknown. */
export type Segments = readonly Segment[]

/** Places in the list. */
export function lengthOf(segments: Segments): number {
  return segments.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** Songs that are known. */
export function songCount(segments: Segments): number {
  return lengthOf(segments.filter(({ pack }) => pack))
}

/** Songs that are not known. */
export function unreadCount(segments: Segments): number {
  return lengthOf(segments.filter(({ pack }) => !pack))
}

export function unknown(places: number): Segment[] {
  return places > 0 ? [{ pack: undefined, from: 0, to: places }] : []
}

/** The part of the list from one place up to, not including, another. */
export function slice(segments: Segments, from: number, to: number): Segment[] {
  const pieces: Segment[] = []
  let start = 0
  for (const segment of segments) {
    if (start >= to) break
    const first = segment.from + Math.max(from - start, 0)
    const end = Math.min(segment.from + to - start, segment.to)
    if (first < end) pieces.push({ ...segment, from: first, to: end })
    start += segment.to - segment.from
  }
  return pieces
}

/** The known songs between two places. */
export function songsBetween(segments: Segments, from: number, to: number): Song[] {
  return slice(segments, from, to).flatMap(songsOf)
}

/** The place of this very like. */
export function indexOfSong(segments: Segments, song: Song): number | undefined {
  let place = 0
  for (const { pack, from, to } of segments) {
    const index = pack && indexIn(pack, song, from, to)
    if (index !== undefined) return place + index - from
    place += to - from
  }
  return undefined
}

/** The list without likes that are in it a second time, as when it grew while it was read. */
export function withoutRepeats(segments: Segments): Segment[] {
  const seen = new Set<string>()
  const isFirst = ({ uri, addedAt }: Song): boolean => seen.size < seen.add(`${uri}@${addedAt}`).size
  return segments.flatMap((segment) => {
    const firsts = songsOf(segment).map(isFirst)
    if (!firsts.includes(false)) return [segment]
    return firsts.flatMap((first, index) => (first ? slice([segment], index, index + 1) : []))
  })
}

/** The same list in fewer pieces: neighbours are joined, and fragments that edits have left are packed anew. */
export function compact(segments: Segments, pack: (songs: readonly Song[]) => PackedSongs): Segment[] {
  const compacted: Segment[] = []
  for (const segment of segments) {
    const last = compacted.at(-1)
    if (last && last.pack === segment.pack && (!last.pack || last.to === segment.from)) {
      compacted.splice(-1, 1, { ...last, to: last.to + segment.to - segment.from })
    } else if (last && isFragment(last) && isFragment(segment)) {
      const songs = [last, segment].flatMap(songsOf)
      compacted.splice(-1, 1, { pack: pack(songs), from: 0, to: songs.length })
    } else if (segment.from < segment.to) {
      compacted.push(segment)
    }
  }
  return compacted
}

function isFragment({ pack, from, to }: Segment): boolean {
  return pack !== undefined && to - from < blockSize / 2
}

function songsOf({ pack, from, to }: Segment): Song[] {
  return pack ? range(from, to).map((index) => songIn(pack, index)) : []
}

/** The whole numbers from one up to, not including, another. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index)
}
