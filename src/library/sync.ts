import { setTimeout as sleep } from 'node:timers/promises'
import { blockSize, unsent } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'
import { blockOf, concurrency, createBlockFetch, ifDown, ListChangedError } from './block-fetch.ts'
import type { Ask, SyncOptions } from './block-fetch.ts'
import { boundariesOf, unchanged, type Boundary } from './front-change.ts'
import { createPacker } from './packed-songs.ts'
import { sameSongs } from './page-cache.ts'
import { lengthOf, range, slice, songCount, unknown, withoutRepeats, type Segments } from './segments.ts'

interface SyncReport extends Pick<SyncOptions, 'keep' | 'progress' | 'plan' | 'unreadable' | 'short'> {
  readonly now: () => number
  /** How many songs there were a while ago, where that is cached. */
  readonly about?: number | undefined
}

const maxPasses = 5
/** Nobody saves or removes so many songs while their list is read; what seems to twice is no list. */
const jump = 1_000
// Clocks may differ by that much.
const margin = 60_000

/**
 * Brings what is known of a list up to date, from nothing as from a list of yesterday: reads until it did not change
 * meanwhile, and the last time takes it as it comes. Rejects as `ask` does; what was read until then is kept.
 */
export async function syncLibrary(known: Segments, ask: Ask, report: SyncReport): Promise<void> {
  const { keep, progress, plan, now, short, about = Infinity } = report
  const pack = createPacker()
  let segments = known
  let jumps = 0
  // Remembered once it is clear that Spotify sends the rest.
  const failed = new Set<number>()
  const unreadable: SyncOptions['unreadable'] = {
    has: (offset) => failed.has(offset) || report.unreadable.has(offset),
    add: (offset) => failed.add(offset),
  }
  for (let pass = 1; pass <= maxPasses; pass += 1) {
    // What was read before and after a change may overlap in one place and leave out a song in another, so that
    // nothing but the number of songs would be right. Without the overlap the number tells that one is missing.
    if (pass > 1 || songCount(segments) < lengthOf(segments)) segments = withoutRepeats(segments)
    try {
      await readOnce(pass === maxPasses)
      for (const offset of failed) report.unreadable.add(offset)
      return
    } catch (error) {
      if (!(error instanceof ListChangedError)) throw error
      if (error.by > jump) jumps += 1
      if (jumps > 1) throw new SpotifyDownError('The number of songs jumps from answer to answer', { cause: error })
    }
  }

  function keepFound(found: Segments, sure?: Segments): void {
    segments = found
    keep(found, sure)
  }

  async function readOnce(tolerant: boolean): Promise<void> {
    const options = { ask, pack, progress, plan, tolerant, unreadable, short, keep: keepFound }
    if (songCount(segments) > 0 || about <= blockSize) return update(segments, options)
    const begun = now()
    const second = unreadable.has(blockSize) ? undefined : await askTwice(blockSize, options).catch(ifDown)
    if (!second) {
      unreadable.add(blockSize)
      return update(segments, options)
    }
    if (second.total === 0) return keep([])
    return second.total > blockSize ? readWhole(second, begun, options) : update(segments, options)
  }
}

/** For what nothing goes on without. */
async function askTwice(offset: number, { ask }: Pick<SyncOptions, 'ask'>): Promise<SavedPage> {
  const page = await ask(offset).catch(ifDown)
  if (page) return page
  await sleep(500, undefined, { ref: false })
  return ask(offset)
}

/**
 * Reads a list of which nothing is known, each block once, and the front last: what was saved meanwhile is there
 * with its date. Only then, or where a date is missing, the block that came first is requested once more: it tells
 * whether the list has moved since. Rejects with ListChangedError when it has; what was read is kept without the
 * front then. `second`: the second block, which was requested first, at `begun` in milliseconds.
 */
async function readWhole(second: SavedPage, begun: number, options: SyncOptions): Promise<void> {
  const fetch = createBlockFetch(second.total, options)
  const base = unknown(second.total)
  fetch.take(1, second)
  try {
    await fetch.fill(range(2, fetch.end), base, 1)
    const front = await fetch.load(0)
    const mayHaveMoved = front.length === 0 || front.some(({ addedAt = Infinity }) => addedAt >= begun - margin)
    if (fetch.growths(base).length > 0 || (mayHaveMoved && !isSamePage(await askTwice(blockSize, options), second)))
      fetch.changed(0, 0)
    fetch.finish(base)
  } catch (error) {
    fetch.sift(base)
    options.keep(fetch.assemble(base))
    throw error
  }
}

/**
 * Reads a list of which a part is known, requesting no block twice: the front; where the number of songs tells that
 * some have gone since, the blocks around them by halving; what is unknown. Then the front again.
 * Rejects with ListChangedError when the list has changed meanwhile.
 */
async function update(known: Segments, options: SyncOptions): Promise<void> {
  const { keep, short } = options
  const front = await askTwice(0, options)
  const { total } = front
  const fetch = createBlockFetch(total, options)
  const { blocks, end, reach, load } = fetch
  fetch.take(0, front)

  const begin = await readFront()
  const next = blocks.size
  const rest = await resolve(next, end, begin, { place: lengthOf(known) - (total - reach), sure: true })
  // What was requested counts as unknown here, in case it has to be dropped.
  const base = [...unknown(placesIn(0, next)), ...rest, ...unknown(total - reach)]
  // A list that was known as a whole is as good a start as before; one with gaps is worth what was read.
  const start = songCount(known) === lengthOf(known) ? known : undefined
  try {
    const isUnknown = (block: number): boolean => {
      const unknowns = blockOf(base, block).map(({ pack }) => !pack)
      return unknowns.includes(true) && !(short.has(block * blockSize) && unknowns.includes(false))
    }
    const wanted = range(0, end).filter((block) => !blocks.has(block) && isUnknown(block))
    await fetch.fill(wanted, base)
    if (blocks.size > 1 && !isSamePage(await askTwice(0, options), front)) fetch.changed()
    fetch.finish(base, start)
  } catch (error) {
    fetch.sift(base)
    if (!start || !(error instanceof ListChangedError)) keep(fetch.assemble(base))
    throw error
  }

  /** From the newest song on, until the known list begins. */
  async function readFront(): Promise<Boundary> {
    let begin: Boundary | undefined = boundariesOf(known, front.songs, unsent(front))?.after
    for (let batch = 1; !begin && blocks.size < end && songCount(known) > 0; batch = Math.min(batch * 2, concurrency)) {
      const numbers = range(blocks.size, Math.min(blocks.size + batch, end))
      const ends = (await Promise.all(numbers.map(load))).map(
        (songs, index) => boundariesOf(known, songs, missingIn(numbers[index] ?? 0))?.after,
      )
      const last = ends.findLast((boundary) => boundary !== undefined)
      begin = last && { place: last.place, sure: last === ends.at(-1) }
    }
    return begin ?? { place: 0, sure: false }
  }

  /** The blocks `first` up to `past`, where the known list goes from one boundary to the other. */
  async function resolve(first: number, past: number, from: Boundary, to: Boundary): Promise<Segments> {
    const places = placesIn(first, past)
    if (places <= 0) return []
    const same = unchanged(known, from, to, places)
    if (same) return same
    if (songCount(slice(known, from.place, to.place)) === 0) return unknown(places)

    const middle = Math.floor((first + past) / 2)
    const found = boundariesOf(known, await load(middle), missingIn(middle), from.place, to.place)
    const [before, after] = await Promise.all([
      resolve(first, middle, from, found?.before ?? { ...to, sure: false }),
      resolve(middle + 1, past, found?.after ?? { ...from, sure: false }, to),
    ])
    return [...before, ...unknown(placesIn(middle, middle + 1)), ...after]
  }

  function placesIn(first: number, past: number): number {
    return Math.min(past * blockSize, reach) - first * blockSize
  }

  function missingIn(block: number): number {
    return blocks.get(block)?.missing ?? 0
  }
}

function isSamePage(page: SavedPage, other: SavedPage): boolean {
  return page.total === other.total && sameSongs(page.songs, other.songs)
}
