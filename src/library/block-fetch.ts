import { runConcurrently } from '../concurrency.ts'
import { blockSize } from '../spotify/client.ts'
import { missingSong, type SavedPage, type Song } from '../spotify/parse.ts'
import { songIn, type PackedSongs } from './packed-songs.ts'
import { compact, indexOfSong, range, slice, type Segment, type Segments } from './segments.ts'

/** Requests the block at an offset. */
export type Ask = (offset: number) => Promise<SavedPage>

/** The list was seen to change while it was read. */
export class ListChangedError extends Error {}

/** What a pass over a list needs. */
export interface SyncOptions {
  readonly ask: Ask
  readonly pack: (songs: readonly Song[]) => PackedSongs
  /** Goes on when totals change, for a list that changes all the time. */
  readonly tolerant: boolean
  /** Takes the list as far as it is known, also when the pass ends early. */
  keep(segments: Segments): void
  progress(read: number, total: number): void
}

/** Blocks requested at once. */
export const concurrency = 8

// What lies beyond is left unknown, so that a reading stays well within its requests.
const maxBlocks = 950

interface FetchedBlock extends Segment {
  readonly pack: PackedSongs
  /** When it was requested and when it came, in steps of this pass. */
  readonly askedAt: number
  readonly cameAt: number
}

/** The blocks that one pass requests, by number, each of them once. */
export function createBlockFetch(total: number, { ask, pack, tolerant, progress }: SyncOptions) {
  const blocks = new Map<number, FetchedBlock>()
  /** Blocks to request, and places in the list that they cover. */
  const end = Math.min(Math.ceil(total / blockSize), maxBlocks)
  const reach = Math.min(total, end * blockSize)
  let step = 0

  return { blocks, end, reach, take, load, fill, assemble, growths, sift }

  function take(block: number, { songs }: SavedPage, askedAt = (step += 1)): void {
    const from = block * blockSize
    const to = Math.min(blockSize, Math.max(total - from, 0))
    // Where Spotify sends nothing there is nothing to request again.
    const gaps = range(from + songs.length, from + to).map((place) => missingSong(place))
    blocks.set(block, { pack: pack([...songs.slice(0, to), ...gaps]), from: 0, to, askedAt, cameAt: (step += 1) })
  }

  /** Rejects with ListChangedError where the number of songs is another by now. */
  async function load(block: number): Promise<readonly Song[]> {
    const askedAt = (step += 1)
    const page = await ask(block * blockSize)
    if (page.total !== total && !tolerant) throw new ListChangedError()
    take(block, page, askedAt)
    return page.songs
  }

  /** Requests those blocks, eight at once. `later`: how many more are to come after them. */
  async function fill(wanted: readonly number[], later = 0): Promise<void> {
    let left = wanted.length + later
    const report = (): void => progress(Math.max(reach - left * blockSize, 0), total)
    report()
    await runConcurrently(wanted, concurrency, async (block) => {
      await load(block)
      left -= 1
      report()
    })
  }

  /** What was requested in its places, and what is known of the others. */
  function assemble(base: Segments): Segment[] {
    const requested = range(0, end).flatMap((block) => blocks.get(block) ?? blockOf(base, block))
    return compact([...requested, ...slice(base, reach, total)], pack)
  }

  /** Drops what was under way when the list grew: it may be from before the change. `base`: what was known before. */
  function sift(base: Segments): void {
    for (const { from, to } of growths(base)) {
      for (const [block, { askedAt, cameAt }] of blocks) if (cameAt > from && askedAt < to) blocks.delete(block)
    }
  }

  /** From when to when the list has grown, where neighbours overlap: a block's first song is also in the block before. */
  function growths(base: Segments): { from: number; to: number }[] {
    return [...blocks].flatMap(([block, { pack, to, cameAt }]) => {
      const previous = blocks.get(block - 1)
      const before = previous ? [previous] : blockOf(base, block - 1)
      const hasGrown = to > 0 && indexOfSong(before, songIn(pack, 0)) !== undefined
      return hasGrown ? [{ from: previous?.askedAt ?? 0, to: cameAt }] : []
    })
  }
}

/** The part of a list that makes a block. */
export function blockOf(segments: Segments, block: number): Segment[] {
  return slice(segments, block * blockSize, (block + 1) * blockSize)
}
