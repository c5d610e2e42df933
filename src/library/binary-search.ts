import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import type { BlockReader } from './block-reader.ts'
import { songsBetween, type Segments } from './segments.ts'

/** Blocks that are requested at most: ten halvings reach every one of 40,000 songs. */
const maxProbes = 11

/**
 * The offset of the newest song liked before a time; the end of the list when there is none.
 *
 * @param known the whole list where it is cached: then nothing is requested
 */
export async function firstBefore(reader: BlockReader, time: number, known: Segments | undefined): Promise<number> {
  const { list } = reader
  const range: Range = { low: 0, high: Math.ceil(list.total / blockSize), dateless: new Set() }
  for (const offset of list.blocks.keys()) narrow(range, offset / blockSize, reader.fresh(offset), time)

  for (let probes = 0; range.low < range.high && probes < maxProbes;) {
    const block = middleOf(range)
    if (block === undefined) break
    const offset = block * blockSize
    const cached = reader.fresh(offset) ?? (known && songsBetween(known, offset, offset + blockSize))
    if (!cached) probes += 1
    narrow(range, block, cached ?? (await reader.load(offset)), time)
  }
  return range.at ?? Math.min(range.high * blockSize, list.total)
}

/** Blocks from `low` up to `high` among which the song is, or its offset: `at`. */
interface Range {
  low: number
  high: number
  at?: number
  readonly dateless: Set<number>
}

function narrow(range: Range, block: number, songs: readonly Song[] | undefined, time: number): void {
  if (!songs || block < range.low || block >= range.high) return
  const split = splitAt(songs, time)
  if (split === 'dateless') range.dateless.add(block)
  else if (split === 'later') range.low = block + 1
  else if (split === 'earlier') range.high = block
  else Object.assign(range, { low: block, high: block, at: block * blockSize + split })
}

/** The block in the middle, or the nearest to it of those that may tell a date. */
function middleOf({ low, high, dateless }: Range): number | undefined {
  const middle = Math.floor((low + high) / 2)
  for (let distance = 0; distance < high - low; distance += 1) {
    const blocks = [middle + distance, middle - distance]
    const block = blocks.find((number) => number >= low && number < high && !dateless.has(number))
    if (block !== undefined) return block
  }
  return undefined
}

/**
 * Whether the songs of a block were liked at that time or `later`, `earlier`, or from which index on earlier.
 * A few in a wrong place, as within a second or after an import, do not decide.
 */
function splitAt(songs: readonly Song[], time: number): 'dateless' | 'later' | 'earlier' | number {
  const earlier = songs.map(({ addedAt }) => (addedAt === undefined ? undefined : addedAt < time))
  if (earlier.every((isEarlier) => isEarlier === undefined)) return 'dateless'
  let wrong = earlier.filter((isEarlier) => isEarlier === false).length
  let best = { wrong, index: 0 }
  earlier.forEach((isEarlier, index) => {
    wrong += isEarlier === undefined ? 0 : isEarlier ? 1 : -1
    if (wrong < best.wrong) best = { wrong, index: index + 1 }
  })
  if (!earlier.slice(0, best.index).includes(false)) return 'earlier'
  const first = earlier.indexOf(true, best.index)
  return first < 0 ? 'later' : first
}
