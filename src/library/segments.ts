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
export function lengthOf(runs: Segments): number {
  return runs.reduce((sum, { from, to }) => sum + to - from, 0)
}

/** Songs that are known. */
export function songCount(runs: Segments): number {
  return lengthOf(runs.filter(({ pack }) => pack))
}

export function unknown(places: number): Segment[] {
  return places > 0 ? [{ pack: undefined, from: 0, to: places }] : []
}

/** The part of the list from one place up to, not including, another. */
export function slice(runs: Segments, from: number, to: number): Segment[] {
  const pieces: Segment[] = []
  let start = 0
  for (const run of runs) {
    if (start >= to) break
    const [first, end] = [run.from + Math.max(from - start, 0), Math.min(run.from + to - start, run.to)]
    if (first < end) pieces.push({ ...run, from: first, to: end })
    start += run.to - run.from
  }
  return pieces
}

export function songAt(runs: Segments, place: number): Song | undefined {
  const [run] = slice(runs, place, place + 1)
  return run?.pack && songIn(run.pack, run.from)
}

/** The known songs between two places. */
export function songsBetween(runs: Segments, from: number, to: number): Song[] {
  return slice(runs, from, to).flatMap(songsOf)
}

/** The place of this very like. */
export function indexOfSong(runs: Segments, song: Song): number | undefined {
  let place = 0
  for (const { pack, from, to } of runs) {
    const index = pack && indexIn(pack, song, from, to)
    if (index !== undefined) return place + index - from
    place += to - from
  }
  return undefined
}

/** The list without likes that stand in it a second time, as when it grew while it was read. */
export function withoutRepeats(runs: Segments): Segment[] {
  const seen = new Set<string>()
  const isFirst = ({ uri, addedAt }: Song): boolean => seen.size < seen.add(`${uri}@${addedAt}`).size
  return runs.flatMap((run) => {
    const first = songsOf(run).map(isFirst)
    if (!first.includes(false)) return [run]
    return first.flatMap((one, index) => (one ? [{ ...run, from: run.from + index, to: run.from + index + 1 }] : []))
  })
}

/** The same list in fewer pieces: neighbours are joined, and scraps that edits have left are packed anew. */
export function compact(runs: Segments, pack: (songs: readonly Song[]) => PackedSongs): Segment[] {
  const tidied: Segment[] = []
  let scraps: Segment[] = []
  const sweep = (): void => {
    const songs = scraps.length > 1 ? scraps.flatMap(songsOf) : []
    tidied.push(...(songs.length > 0 ? [{ pack: pack(songs), from: 0, to: songs.length }] : scraps))
    scraps = []
  }
  for (const run of joined(runs)) {
    const small = run.pack !== undefined && run.to - run.from < blockSize / 2
    if (!small || lengthOf(scraps) >= blockSize) sweep()
    if (small) scraps.push(run)
    else tidied.push(run)
  }
  sweep()
  return tidied
}

function joined(runs: Segments): Segment[] {
  const pieces: Segment[] = []
  for (const run of runs) {
    if (run.from === run.to) continue
    const before = pieces.at(-1)
    if (before && before.pack === run.pack && (!run.pack || before.to === run.from))
      pieces.splice(-1, 1, { ...before, to: before.to + run.to - run.from })
    else pieces.push(run)
  }
  return pieces
}

function songsOf({ pack, from, to }: Segment): Song[] {
  return pack ? Array.from({ length: to - from }, (_, index) => songIn(pack, from + index)) : []
}
