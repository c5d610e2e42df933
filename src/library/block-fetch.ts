import { blockSize } from '../spotify/client.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import { sideBySide, type Ask } from './asking.ts'
import { songIn, type PackedSongs } from './packed-songs.ts'
import { indexOfSong, slice, type Segment, type Segments } from './segments.ts'

/** The list was seen to change while it was looked at. */
export class ListChangedError extends Error {
  override readonly name = 'ListChangedError'
}

/** What looking at a list needs. */
export interface SyncOptions {
  readonly ask: Ask
  readonly pack: (songs: readonly Song[]) => PackedSongs
  /** Goes on when totals change, for a list that never keeps still. */
  readonly tolerant: boolean
  /** Takes the list as it stands, also when the look ends early. */
  keep(runs: Segments): void
  progress(read: number, total: number): void
}

/** The blocks that one look has asked for, by number, each of them once. */
export interface BlockFetch {
  /** Blocks to ask for, and places that they cover. */
  readonly end: number
  readonly reach: number
  readonly blocks: ReadonlyMap<number, Segment>
  take(block: number, page: SavedPage, asked?: number): void
  /** Rejects with ListChangedError where the number of songs is another by now. */
  load(block: number): Promise<readonly Song[]>
  /** Asks for those blocks, eight at once. `later`: how many more are to come after them. */
  fill(wanted: readonly number[], later?: number): Promise<void>
  placed(first: number, past: number): Segment[]
  /** What was asked for in its places, and what is known of the others. */
  assemble(base: Segments): Segment[]
  /** Whether two neighbours overlap: the list has grown between their answers. */
  overlaps(): boolean
  /**
   * Lets go of whatever was under way between such answers: it may be from before the change or from after it.
   *
   * @param base what was known before
   */
  sift(base: Segments): void
  /** Lets go of a block: it counts as unknown again. */
  drop(block: number): void
}

/** Blocks asked for at once. */
export const concurrency = 8

// What lies beyond is left unknown, so that a reading stays well within its requests.
const mostBlocks = 950

interface FetchedBlock extends Segment {
  readonly pack: PackedSongs
  /** When it was asked for and when it came, in steps of this look. */
  readonly asked: number
  readonly came: number
}

export function createBlockFetch(total: number, { ask, pack, tolerant, progress }: SyncOptions): BlockFetch {
  const blocks = new Map<number, FetchedBlock>()
  const dropped = new Set<number>()
  const end = Math.min(Math.ceil(total / blockSize), mostBlocks)
  const reach = Math.min(total, end * blockSize)
  let step = 0

  const self: BlockFetch = {
    end,
    reach,
    blocks,
    take(block, { songs }, asked = (step += 1)) {
      const from = block * blockSize
      const size = sizeOf(block)
      // Where Spotify sends nothing there is nothing to ask for again.
      const gaps = range(from + songs.length, from + size).map(gap)
      blocks.set(block, { pack: pack([...songs.slice(0, size), ...gaps]), from: 0, to: size, asked, came: (step += 1) })
    },
    async load(block) {
      const asked = (step += 1)
      const page = await ask(block * blockSize)
      if (page.total !== total && !tolerant) throw new ListChangedError()
      self.take(block, page, asked)
      return page.songs
    },
    async fill(wanted, later = 0) {
      let left = wanted.length + later
      const report = (): void => progress(Math.max(reach - left * blockSize, 0), total)
      report()
      await sideBySide(wanted, concurrency, async (block) => {
        await self.load(block)
        left -= 1
        report()
      })
    },
    placed: (first, past) => range(first, past).flatMap((block) => blocks.get(block) ?? []),
    assemble(base) {
      const pieces: Segment[] = []
      let place = 0
      for (const block of [...blocks.keys(), ...dropped].toSorted((one, other) => one - other)) {
        const run = blocks.get(block) ?? { pack: undefined, from: 0, to: sizeOf(block) }
        pieces.push(...slice(base, place, block * blockSize), run)
        place = block * blockSize + run.to
      }
      return [...pieces, ...slice(base, place, total)]
    },
    overlaps: () => seams([]).length > 0,
    sift(base) {
      for (const { from, to } of seams(base)) {
        for (const [block, { asked, came }] of blocks) if (came > from && asked < to) self.drop(block)
      }
    },
    drop(block) {
      blocks.delete(block)
      dropped.add(block)
    },
  }
  return self

  function sizeOf(block: number): number {
    return Math.min(blockSize, Math.max(total - block * blockSize, 0))
  }

  /** From when to when the list has grown, as its blocks tell: the first song of one stands in the one before it, too. */
  function seams(base: Segments): { from: number; to: number }[] {
    return [...blocks].flatMap(([block, { pack, to, came }]) => {
      const gathered = blocks.get(block - 1)
      const before = gathered ? [gathered] : slice(base, (block - 1) * blockSize, block * blockSize)
      const grown = to > 0 && indexOfSong(before, songIn(pack, 0)) !== undefined
      return grown ? [{ from: gathered?.asked ?? 0, to: came }] : []
    })
  }
}

export function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(to - from, 0) }, (_, index) => from + index)
}

function gap(place: number): Song {
  return {
    uri: `missing:${place}`,
    title: '',
    artists: [],
    album: '',
    addedAt: undefined,
    url: undefined,
    cover: undefined,
  }
}
