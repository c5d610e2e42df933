import { blockSize } from '../spotify/client.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import type { Ask } from './asking.ts'
import { sideBySide } from './lane.ts'
import type { Pack } from './pack.ts'
import { cut, lengthOf, placeOf, songCount, unknown, type Run, type Runs } from './runs.ts'
import { sameSongs } from './views.ts'

export interface Looking {
  readonly ask: Ask
  readonly pack: (songs: readonly Song[]) => Pack
  /** Goes on when totals change, for a list that never keeps still. */
  readonly tolerant: boolean
  /** Takes the list as it stands, also when the look ends early. */
  keep(runs: Runs): void
  progress(read: number, total: number): void
}

/** The list was seen to change while it was looked at. */
export class ListChangedError extends Error {
  override readonly name = 'ListChangedError'
}

/** Blocks asked for at once. */
export const width = 8

// What lies beyond is left unknown, so that a reading stays well within its requests.
const mostBlocks = 950

/** A place in the known list; `sure` when the known song there, or the one before, is the neighbour on the page. */
interface Mark {
  readonly place: number
  readonly sure: boolean
}

/**
 * Looks at somebody's list of which a part is known, asking for no block twice: the front; where the number of
 * songs tells that some have gone since, the blocks around them by halving; what is unknown.
 * False when the list has changed meanwhile; rejects with ListChangedError where that shows at once.
 */
export async function look(known: Runs, { ask, pack, tolerant, keep, progress }: Looking): Promise<boolean> {
  const blocks = new Map<number, Run>()
  const front = await ask(0)
  const { total } = front
  const end = Math.min(Math.ceil(total / blockSize), mostBlocks)
  const reach = Math.min(total, end * blockSize)
  take(0, front)

  const { mark, next } = await readFront()
  const settled = await settle(next, end, mark, { place: lengthOf(known) - (total - reach), sure: true })
  const base = [...placed(0, next), ...settled, ...unknown(total - reach)]
  try {
    await fill(base)
  } finally {
    keep(assemble(base))
  }
  if (blocks.size <= 1 || tolerant) return true
  const again = await ask(0)
  return again.total === total && sameSongs(again.songs, front.songs)

  /** From the newest song on, until the known list begins. */
  async function readFront(): Promise<{ mark: Mark; next: number }> {
    const anything = { place: 0, sure: false }
    let mark = marksIn(front.songs, 0, lengthOf(known))?.after
    let next = Math.min(1, end)
    for (let batch = 1; !mark && next < end && songCount(known) > 0; batch = Math.min(batch * 2, width)) {
      const numbers = range(next, Math.min(next + batch, end))
      const marks = (await Promise.all(numbers.map(load))).map((songs) => marksIn(songs, 0, lengthOf(known))?.after)
      const last = marks.findLast((one) => one !== undefined)
      mark = last && { place: last.place, sure: last === marks.at(-1) }
      next += numbers.length
    }
    return { mark: mark ?? anything, next }
  }

  /** The blocks `first` up to `past`, where the known list goes from one mark to the other. */
  async function settle(first: number, past: number, from: Mark, to: Mark): Promise<Run[]> {
    const places = Math.min(past * blockSize, reach) - first * blockSize
    if (places <= 0) return []
    const between = cut(known, from.place, to.place)
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
    const between = cut(known, from, to)
    const first = firstPlace(between, songs)
    const last = first === undefined ? undefined : firstPlace(between, songs.toReversed())
    if (first === undefined || last === undefined) return undefined
    return { before: { place: from + first, sure: true }, after: { place: from + last + 1, sure: true } }
  }

  async function fill(base: Runs): Promise<void> {
    const wanted = range(0, end).filter((block) => !blocks.has(block) && isUnknown(base, block))
    let left = wanted.length
    const report = (): void => progress(Math.max(reach - left * blockSize, 0), total)
    report()
    await sideBySide(wanted, width, async (block) => {
      await load(block)
      left -= 1
      report()
    })
  }

  async function load(block: number): Promise<readonly Song[]> {
    const page = await ask(block * blockSize)
    if (page.total !== total && !tolerant) throw new ListChangedError()
    take(block, page)
    return page.songs
  }

  function take(block: number, { songs }: SavedPage): void {
    const from = block * blockSize
    const size = Math.min(blockSize, Math.max(total - from, 0))
    // Where Spotify sends nothing there is nothing to ask for again.
    const gaps = range(from + songs.length, from + size).map(gap)
    blocks.set(block, { pack: pack([...songs.slice(0, size), ...gaps]), from: 0, to: size })
  }

  function placed(first: number, past: number): Run[] {
    return range(first, past).flatMap((block) => blocks.get(block) ?? [])
  }

  function assemble(base: Runs): Run[] {
    const pieces: Run[] = []
    let place = 0
    for (const [block, run] of [...blocks].toSorted(([one], [other]) => one - other)) {
      pieces.push(...cut(base, place, block * blockSize), run)
      place = block * blockSize + run.to
    }
    return [...pieces, ...cut(base, place, total)]
  }
}

function firstPlace(known: Runs, songs: readonly Song[]): number | undefined {
  for (const song of songs) {
    const place = placeOf(known, song)
    if (place !== undefined) return place
  }
  return undefined
}

function isUnknown(runs: Runs, block: number): boolean {
  return cut(runs, block * blockSize, (block + 1) * blockSize).some(({ pack }) => !pack)
}

function range(from: number, to: number): number[] {
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
