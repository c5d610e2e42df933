import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import {
  ListChangedError,
  concurrency,
  createBlockFetch,
  range,
  type BlockFetch,
  type SyncOptions,
} from './block-fetch.ts'
import {
  compact,
  indexOfSong,
  lengthOf,
  slice,
  songCount,
  type Segment,
  type Segments,
  unknown,
  withoutRepeats,
} from './segments.ts'
import { sameSongs } from './page-cache.ts'
import type { Ask } from './asking.ts'
import { createPacker } from './packed-songs.ts'
import { readWhole } from './whole.ts'

/** A place in the known list; `sure` when the known song there, or the one before, is the neighbour on the page. */
interface Mark {
  readonly place: number
  readonly sure: boolean
}

/**
 * Looks at somebody's list of which a part is known, asking for no block twice: the front; where the number of
 * songs tells that some have gone since, the blocks around them by halving; what is unknown. Then the front again.
 * False when the list has changed meanwhile; rejects with ListChangedError where that shows at once.
 */
async function syncOnce(known: Segments, looking: SyncOptions): Promise<boolean> {
  const { ask, tolerant, keep } = looking
  const front = await ask(0)
  const { total } = front
  const gathering = createBlockFetch(total, looking)
  const { blocks, end, reach, load, placed } = gathering
  gathering.take(0, front)

  const { mark, next } = await readFront()
  const settled = await settle(next, end, mark, { place: lengthOf(known) - (total - reach), sure: true })
  let stale = false
  const base = [...placed(0, next), ...settled, ...unknown(total - reach)]
  try {
    await gathering.fill(missing(gathering, base))
    if (blocks.size <= 1 || tolerant) return true
    const again = await ask(0)
    if (again.total !== total || !sameSongs(again.songs, front.songs)) throw new ListChangedError()
    return true
  } catch (error) {
    if (!(error instanceof ListChangedError)) throw error
    // A list that was known as a whole is as good a start as before; one with gaps is worth what was read.
    stale = songCount(known) === lengthOf(known)
    gathering.sift(base)
    return false
  } finally {
    if (!stale) keep(gathering.assemble(base))
  }

  /** From the newest song on, until the known list begins. */
  async function readFront(): Promise<{ mark: Mark; next: number }> {
    const anything = { place: 0, sure: false }
    let mark = marksIn(front.songs, 0, lengthOf(known))?.after
    let next = Math.min(1, end)
    for (let batch = 1; !mark && next < end && songCount(known) > 0; batch = Math.min(batch * 2, concurrency)) {
      const numbers = range(next, Math.min(next + batch, end))
      const marks = (await Promise.all(numbers.map(load))).map((songs) => marksIn(songs, 0, lengthOf(known))?.after)
      const last = marks.findLast((one) => one !== undefined)
      mark = last && { place: last.place, sure: last === marks.at(-1) }
      next += numbers.length
    }
    return { mark: mark ?? anything, next }
  }

  /** The blocks `first` up to `past`, where the known list goes from one mark to the other. */
  async function settle(first: number, past: number, from: Mark, to: Mark): Promise<Segment[]> {
    const places = Math.min(past * blockSize, reach) - first * blockSize
    if (places <= 0) return []
    const between = slice(known, from.place, to.place)
    if (from.sure && to.sure && lengthOf(between) === places) return between
    if (songCount(between) === 0) return unknown(places)

    const middle = Math.floor((first + past) / 2)
    const marks = marksIn(await load(middle), from.place, to.place)
    const [before, after] = await Promise.all([
      settle(first, middle, from, marks?.before ?? { ...to, sure: false }),
      settle(middle + 1, past, marks?.after ?? { ...from, sure: false }, to),
    ])
    return [...before, ...placed(middle, middle + 1), ...after]
  }

  function marksIn(songs: readonly Song[], from: number, to: number): { before: Mark; after: Mark } | undefined {
    const between = slice(known, from, to)
    const first = firstPlace(between, songs)
    const last = first === undefined ? undefined : firstPlace(between, songs.toReversed())
    if (first === undefined || last === undefined) return undefined
    return { before: { place: from + first, sure: true }, after: { place: from + last + 1, sure: true } }
  }
}

function firstPlace(known: Segments, songs: readonly Song[]): number | undefined {
  for (const song of songs) {
    const place = indexOfSong(known, song)
    if (place !== undefined) return place
  }
  return undefined
}

function missing({ blocks, end }: BlockFetch, base: Segments): number[] {
  return range(0, end).filter((block) => !blocks.has(block) && isUnknown(base, block))
}

function isUnknown(runs: Segments, block: number): boolean {
  return slice(runs, block * blockSize, (block + 1) * blockSize).some(({ pack }) => !pack)
}

export interface SyncReport extends Pick<SyncOptions, 'keep' | 'progress'> {
  readonly now: () => number
  /** How many songs there were a while ago, where that is in hand. */
  readonly about?: number | undefined
}

const mostLooks = 5

/**
 * Brings what is known of a list up to date, from nothing as from a list of yesterday: looks at it until it has
 * kept still, and the last time takes it as it comes.
 */
export async function syncLibrary(
  known: Segments,
  ask: Ask,
  { keep, progress, now, about }: SyncReport,
): Promise<void> {
  const pack = createPacker()
  let runs = known
  const looking = {
    ask,
    pack,
    progress,
    keep(found: Segments) {
      runs = compact(found, pack)
      keep(runs)
    },
  }
  for (let turn = 1; turn <= mostLooks; turn += 1) {
    // What was read before and after a change may overlap in one place and leave out a song in another, so that
    // nothing but the number of songs would be right. Without the overlap the number tells that one is missing.
    if (turn > 1 || songCount(runs) < lengthOf(runs)) runs = withoutRepeats(runs)
    try {
      if (await lookOnce(turn === mostLooks)) return
    } catch (error) {
      if (!(error instanceof ListChangedError)) throw error
    }
  }

  async function lookOnce(tolerant: boolean): Promise<boolean> {
    if (songCount(runs) > 0 || (about ?? Infinity) <= blockSize) return syncOnce(runs, { ...looking, tolerant })
    const begun = now()
    const second = await ask(blockSize)
    if (second.total > 0 && second.total <= blockSize) return syncOnce(runs, { ...looking, tolerant })
    return readWhole(second, begun, { ...looking, tolerant })
  }
}
