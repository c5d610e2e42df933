import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import type { BlockReader } from './block-reader.ts'
import { songsBetween, type Segments } from './segments.ts'

/** Blocks that are asked for at most: ten halvings reach every one of 40,000 songs. */
const mostProbes = 11

/**
 * The offset of the newest song liked before a time, by halving; the end of the list when there is none.
 *
 * @param known the whole list where it is in hand, which then costs nothing to look at
 */
export async function firstBefore(reader: BlockReader, time: number, known: Segments | undefined): Promise<number> {
  const { list: view } = reader
  const open: Range = { low: 0, high: Math.ceil(view.total / blockSize), dateless: new Set() }
  for (const offset of view.blocks.keys()) narrow(open, offset / blockSize, reader.fresh(offset), time)

  for (let probes = 0; open.low < open.high && probes < mostProbes;) {
    const block = middleOf(open)
    if (block === undefined) break
    const offset = block * blockSize
    const inHand = reader.fresh(offset) ?? (known && songsBetween(known, offset, offset + blockSize))
    if (!inHand) {
      await reader.need(offset)
      probes += 1
    }
    narrow(open, block, inHand ?? view.blocks.get(offset)?.songs ?? [], time)
  }
  return open.at ?? Math.min(open.high * blockSize, view.total)
}

/** Blocks from `low` up to `high` among which the song is, or where it begins: `at`. */
interface Range {
  low: number
  high: number
  at?: number
  readonly dateless: Set<number>
}

function narrow(open: Range, block: number, songs: readonly Song[] | undefined, time: number): void {
  if (!songs || block < open.low || block >= open.high) return
  const split = splitAt(songs, time)
  if (split === 'dateless') open.dateless.add(block)
  else if (split === 'later') open.low = block + 1
  else if (split === 'earlier') open.high = block
  else Object.assign(open, { low: block, high: block, at: block * blockSize + split })
}

/** The block in the middle, or the nearest to it of those that may tell a date. */
function middleOf({ low, high, dateless }: Range): number | undefined {
  const middle = Math.floor((low + high) / 2)
  for (let away = 0; away < high - low; away += 1) {
    const near = [middle + away, middle - away].find((one) => one >= low && one < high && !dateless.has(one))
    if (near !== undefined) return near
  }
  return undefined
}

/**
 * Whether the songs of a block were liked at that time or `later`, `earlier`, or from which index on earlier.
 * A few that stand in a wrong place, as within a second or after an import, do not decide.
 */
function splitAt(songs: readonly Song[], time: number): 'dateless' | 'later' | 'earlier' | number {
  const earlier = songs.map(({ addedAt }) => (addedAt === undefined ? undefined : addedAt < time))
  if (earlier.every((one) => one === undefined)) return 'dateless'
  let wrong = earlier.filter((one) => one === false).length
  let best = { wrong, index: 0 }
  earlier.forEach((one, index) => {
    wrong += one === undefined ? 0 : one ? 1 : -1
    if (wrong < best.wrong) best = { wrong, index: index + 1 }
  })
  if (!earlier.slice(0, best.index).includes(false)) return 'earlier'
  const first = earlier.indexOf(true, best.index)
  return first < 0 ? 'later' : first
}
