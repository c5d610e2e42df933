import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { firstBefore } from './binary-search.ts'
import type { BlockReader } from './block-reader.ts'

/** Which page of a list. */
export interface PageRequest {
  readonly offset: number
  /** From an earlier page of the same list; without one the list is asked for anew and anchored at its newest. */
  readonly anchor?: number | undefined
  readonly market?: string | undefined
}

/** One page of somebody's liked songs. */
export interface LikedPage extends Readonly<ReturnType<typeof positionOf>> {
  readonly songs: readonly Song[]
  /** How many there are now. The song at index i of the page carries the number `total - from - i`. */
  readonly total: number
  /** How many were liked since the anchor. */
  readonly newer: number
  /** The newest like when the list was first shown, in milliseconds; undefined when that is unknown. */
  readonly anchor: number | undefined
  /** Set when Spotify could not be asked and this is what was cached, from that time. */
  readonly asOf: number | undefined
}

const maxAttempts = 3

/** The page around an offset of the list as it was when its newest like was the anchor. */
export async function readPage(reader: BlockReader, offset: number, anchor?: number, asOf?: number) {
  const { list } = reader
  for (let attempt = 1; ; attempt += 1) {
    const { generation } = list
    const newer = anchor === undefined ? 0 : await countNewer(reader, anchor)
    const position = positionOf(offset, list.total, newer)
    const { from, to, page, pages, next } = position
    const offsets = blocksFor(from, to, blockSize)
    const { blocks, asOf: cachedAt } = await reader.read(offsets)
    // The list changed while it was read: what was counted belongs to the list before.
    if (list.generation !== generation && attempt < maxAttempts) continue
    const songs = offsets.flatMap((start, index) =>
      (blocks[index] ?? []).slice(Math.max(from - start, 0), Math.max(to - start, 0)),
    )
    if (page < pages) {
      const ahead = positionOf(next, list.total, newer)
      // So that the next Next finds its songs cached. A failure is left to that one.
      for (const start of blocksFor(ahead.from, ahead.to, blockSize)) reader.prefetch(start).catch(() => undefined)
    }
    return { ...position, songs, total: list.total, newer, anchor, asOf: asOf ?? cachedAt }
  }
}

/** The page around an offset of the list as it is now, anchored at its newest like. */
export async function readNow(reader: BlockReader, offset: number, ask = reader.need): Promise<LikedPage> {
  const { blocks, asOf } = await reader.read([0], ask)
  return readPage(reader, offset, newestLike(blocks.flat()), asOf)
}

/** The newest like of the front block, which a list is anchored at. */
export function newestLike(songs: readonly Song[]): number | undefined {
  const times = songs.flatMap(({ addedAt }) => addedAt ?? [])
  return times.length > 0 ? Math.max(...times) : undefined
}

/** Songs liked since the anchor are at the front: most times within the first block, else found by binary search. */
async function countNewer(reader: BlockReader, anchor: number): Promise<number> {
  const [front = []] = (await reader.read([0])).blocks
  const newer = front.filter(({ addedAt }) => addedAt !== undefined && addedAt > anchor).length
  if (newer < blockSize) return newer
  const found = await firstBefore(reader, anchor + 1)
  // Nothing of what was there then is there now, so there is nothing to keep in place.
  return found < reader.list.total ? found : 0
}

/** Songs on a page. */
export const pageSize = 10

/**
 * Where the page that holds `wanted` lies, moved into the list where that is outside; never fails, whatever it is given.
 * Offsets count from the newest song of the list as it was when it was first shown (its anchor), so that a page keeps
 * its songs when more are liked; `newer` songs come before it by now.
 */
export function positionOf(wanted: number, total: number, newer: number) {
  const anchored = Math.max(total - newer, 0)
  const pages = Math.max(Math.ceil(anchored / pageSize), 1)
  const page = Math.min(Math.max(Math.floor((Number.isFinite(wanted) ? wanted : 0) / pageSize) + 1, 1), pages)
  const offset = (page - 1) * pageSize
  const last = (pages - 1) * pageSize
  const from = offset + newer
  return {
    /** Of the page's first song in the list as it was anchored; a multiple of the page size. */
    offset,
    /** From 1. */
    page,
    pages,
    /** Offsets of the neighbours and of the last page, within the list. */
    previous: Math.max(offset - pageSize, 0),
    next: Math.min(offset + pageSize, last),
    last,
    /** Of the page's first and one past its last song in the list as Spotify has it now. */
    from,
    to: Math.min(from + pageSize, total),
  }
}

/** Offsets of the blocks that hold the songs from `from` up to, not including, `to`. */
export function blocksFor(from: number, to: number, blockSize: number): number[] {
  const last = Math.floor(Math.max(to - 1, from) / blockSize)
  const first = Math.floor(from / blockSize)
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * blockSize)
}
