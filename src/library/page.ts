import { hash as digest } from 'node:crypto'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { firstBefore } from './binary-search.ts'
import type { BlockReader } from './block-reader.ts'

/** Which page of a list. */
export interface PageRequest {
  readonly offset: number
  /** A row of an earlier page of the same list; without one the offset counts from the newest song of now. */
  readonly anchor?: Anchor | undefined
  readonly market?: string | undefined
}

/** A row of a list as somebody was shown it, to be found again in the list as it is now. */
export interface Anchor {
  /** Where it was, as offsets count. */
  readonly offset: number
  /** When it was liked, in milliseconds, up to the next whole second; undefined where that is unknown. */
  readonly time: number | undefined
  /** Of its uri. Undefined in what 0.1.0 has sent: the row is any that was the newest then. */
  readonly hash?: string | undefined
}

/** One page of somebody's liked songs. */
export interface LikedPage extends Readonly<ReturnType<typeof positionOf>> {
  readonly songs: readonly Song[]
  /** How many there are now. The song at index i of the page carries the number `total - from - i`. */
  readonly total: number
  /** How many more songs come before the page's than when the list was first shown; below 0 where some have gone. */
  readonly newer: number
  /** Set when Spotify could not be asked and this is what was cached, from that time. */
  readonly asOf: number | undefined
  /** Why that was so. */
  readonly failure?: unknown
}

/** Of what was read before, where it came from the cache. */
type Cached = Pick<LikedPage, 'asOf' | 'failure'>

const maxAttempts = 3

/** The page around an offset, of the list in which the anchor is a row; without one, of the list as it is now. */
export async function readPage(reader: BlockReader, offset: number, anchor?: Anchor, earlier?: Cached) {
  const { list } = reader
  for (let attempt = 1; ; attempt += 1) {
    const { generation } = list
    const newer = anchor === undefined ? 0 : (await placeOf(reader, anchor, offset)) - anchor.offset
    const position = positionOf(offset, list.total, newer)
    const { from, to, page, pages, next } = position
    const offsets = blocksFor(from, to, blockSize)
    const { blocks, ...cached } = await reader.read(offsets)
    // The list changed while it was read: what was counted belongs to the list before.
    if (list.generation !== generation && attempt < maxAttempts) continue
    const songs = offsets.flatMap((start, index) =>
      (blocks[index] ?? []).slice(Math.max(from - start, 0), Math.max(to - start, 0)),
    )
    if (page < pages) {
      const ahead = positionOf(next, list.total, newer)
      // So that the next Next finds its songs cached. A failure is left to that one.
      for (const start of blocksFor(ahead.from, ahead.to, blockSize))
        reader.prefetch(start, 'page').catch(() => undefined)
    }
    return { ...position, songs, total: list.total, newer, ...(earlier?.asOf === undefined ? cached : earlier) }
  }
}

/** The page around an offset of the list as it is now. */
export async function readNow(reader: BlockReader, offset: number, ask = reader.need): Promise<LikedPage> {
  const { blocks: _, ...earlier } = await reader.read([0], ask)
  return readPage(reader, offset, undefined, earlier)
}

// Songs may be liked by the hundred in one second; what lies beyond would cost too many requests.
const mostBlocks = 8

/**
 * Where the anchor is now: as a rule in its own block or the next one, else it is searched for by its date and then
 * among the likes of its second. One that has gone is where its second begins, for the next page.
 */
async function placeOf(reader: BlockReader, anchor: Anchor, wanted: number): Promise<number> {
  const { list, read, need } = reader
  const { offset, time, hash } = anchor
  const own = offset - (offset % blockSize)
  for (const start of [own, own + blockSize]) {
    const songs = (await read([start])).blocks[0] ?? []
    const index = indexOfAnchor(songs, anchor, offset - start)
    if (index !== undefined) return start + index
    const { addedAt } = songs.findLast((song) => song.addedAt !== undefined) ?? {}
    const isPast = addedAt !== undefined && time !== undefined && secondOf(addedAt) < time
    if (isPast || start + blockSize >= list.total || hash === undefined) break
  }
  if (time === undefined) return offset
  const { place: first } = await firstBefore(reader, time + 1)
  // Nothing of what was there then is there now, so there is nothing to keep in place.
  if (first >= list.total) return offset
  if (hash === undefined) return first
  let last = list.total
  // Likes push it down, as a rule; else removals have pulled it up.
  const begin = first - (first % blockSize)
  const ahead = Math.max(own, begin)
  const end = ahead + mostBlocks * blockSize
  const places = [...blocksFor(ahead, end, blockSize), ...blocksFor(begin, own, blockSize)]
  for (const block of places.filter((place) => place < list.total).slice(0, mostBlocks)) {
    if (block >= last) continue
    const songs = await need(block)
    const index = indexOfAnchor(songs, anchor, offset - block)
    if (index !== undefined) return block + index
    const older = songs.findIndex(({ addedAt }) => addedAt !== undefined && secondOf(addedAt) < time)
    if (older >= 0) last = Math.max(block + older, first)
  }
  return goneFrom(first, last, anchor, wanted)
}

/**
 * Where the anchor would be among the likes of its second, which lie between two places. How many before it have gone
 * nobody knows, so the next page begins with all of that second: it repeats songs, and skips none.
 */
export function goneFrom(first: number, last: number, { offset }: Anchor, wanted: number): number {
  const isNext = wanted > offset && wanted < offset + pageSize
  return isNext ? first - 1 : Math.min(Math.max(offset, first), last)
}

/** Which of some songs the anchor is: of several the one nearest to an index. */
export function indexOfAnchor(
  songs: readonly Pick<Song, 'uri' | 'addedAt'>[],
  { time, hash }: Anchor,
  near: number,
): number | undefined {
  const found = songs.flatMap(({ uri, addedAt }, index) =>
    hash !== undefined && secondOf(addedAt) === time && hashOf(uri) === hash ? [index] : [],
  )
  return found.toSorted((one, other) => Math.abs(one - near) - Math.abs(other - near))[0]
}

/** A song as the anchor of a list in which it has that offset. */
export function anchorAt({ uri, addedAt }: Song, offset: number): Anchor {
  return { offset, time: secondOf(addedAt), hash: hashOf(uri) }
}

function hashOf(uri: string): string {
  return digest('sha256', uri, 'base64url').slice(0, 3)
}

function secondOf(time: number): number
function secondOf(time: number | undefined): number | undefined
function secondOf(time: number | undefined): number | undefined {
  return time === undefined ? undefined : Math.ceil(time / 1000) * 1000
}

/** Songs on a page. */
export const pageSize = 10

/**
 * Where the page that holds `wanted` lies, moved into the list where that is outside; never fails, whatever it is given.
 * Offsets count from the newest song of the list as it was when it was first shown, so that a page keeps its songs when
 * more are liked; `newer` songs more come before it by now, or fewer where that is below 0.
 */
export function positionOf(wanted: number, total: number, newer: number) {
  const anchored = Math.max(total - newer, 0)
  const pages = Math.max(Math.ceil(anchored / pageSize), 1)
  // Of pages before that one no song is left.
  const first = Math.floor(Math.max(-newer, 0) / pageSize) + 1
  const page = Math.min(Math.max(Math.floor((Number.isNaN(wanted) ? 0 : wanted) / pageSize) + 1, first), pages)
  const offset = (page - 1) * pageSize
  const from = Math.max(offset + newer, 0)
  return {
    /** Of the page's first song in the list as it was anchored; a multiple of the page size. */
    offset,
    /** From 1. */
    page,
    pages,
    /** Offset of the page behind it, within the list. */
    next: Math.min(page, pages - 1) * pageSize,
    /** Of the page's first and one past its last song in the list as Spotify has it now. */
    from,
    to: Math.min(offset + newer + pageSize, total),
  }
}

/** Offsets of the blocks that hold the songs from `from` up to, not including, `to`. */
export function blocksFor(from: number, to: number, blockSize: number): number[] {
  const last = Math.floor(Math.max(to - 1, from) / blockSize)
  const first = Math.floor(from / blockSize)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * blockSize)
}
