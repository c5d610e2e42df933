import { blockSize, disorder } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { isUnavailable, type BlockReader } from './block-reader.ts'
import { createPacker } from './packed-songs.ts'
import type { PageRequest } from './page.ts'
import { foundPage, type FoundPage, type Hit, type Period, type SongFilter } from './search.ts'
import { range, unknown, type Segments } from './segments.ts'

/** What Spotify is asked for at most for one answer. */
export const mostRequests = 20
/** Periods that are looked for at the same time. */
const atOnce = 8
const mostFailures = 3
/** Songs at an end of a block that are looked at, where it is out of order. */
const few = 5

/** Blocks that have not been read, between two numbers, and the times of the songs around them. */
interface Gap {
  readonly after: number
  readonly before: number
  readonly newest: number
  readonly oldest: number
}

/** The songs that were liked within some periods, period by period. */
export function periodsFilter(periods: readonly Period[]): SongFilter {
  return {
    periods,
    find(segments) {
      const found = periods.map((): Hit[] => [])
      let start = 0
      for (const { pack, from, to } of segments) {
        const times = pack?.addedAt.subarray(from, to) ?? []
        for (const [index, time] of times.entries()) {
          const which = periods.findIndex((period) => time >= period.from && time < period.to)
          if (pack) found[which]?.push({ place: start + index, pack, index: from + index })
        }
        start += to - from
      }
      return found.flat()
    },
  }
}

/** The page of what a filter finds within its periods, of what `readPeriods` reads. */
export async function foundWithin(
  reader: BlockReader,
  filter: SongFilter,
  periods: readonly Period[],
  request: PageRequest,
): Promise<FoundPage> {
  const { segments, unread, unfinished, failure } = await readPeriods(reader, periods)
  const found = foundPage(segments, filter, request)
  return {
    ...found,
    searched: found.library - unread,
    unfinished,
    ...(failure && unfinished.length > 0 && { failure }),
  }
}

/**
 * Reads the blocks that hold the songs of some periods, each newer than the one behind it, for twenty requests at most:
 * the times around a gap tell about where in it another time is. `segments`: all that is known now. `unfinished`: the
 * periods for which there is more to read. `unread` counts songs that Spotify does not send and that may be of the others.
 * Rejects with what kept the first period from being read.
 */
async function readPeriods(reader: BlockReader, periods: readonly Period[]) {
  const { list, fresh } = reader
  let left = mostRequests
  let failures = 0
  let failure: Error | undefined
  const tries = new Map<Period, number>()
  await ask(0)
  for (;;) {
    const all = gapsNow()
    const open = new Map(periods.map((period) => [period, all.filter((gap) => mayHold(gap, period))]))
    const unfinished = periods.filter((period) => open.get(period)?.some((gap) => readableIn(gap).length > 0))
    const wanted = new Set(unfinished.slice(0, atOnce).map((period) => next(period, open.get(period) ?? [])))
    if (failure && unfinished[0] === periods[0]) throw failure
    if (failure || left <= 0 || wanted.size === 0) {
      const withheld = periods
        .filter((period) => !unfinished.includes(period))
        .flatMap((period) => open.get(period) ?? [])
      const unread = [...new Set(withheld)].reduce((sum, { after, before }) => sum + placesIn(after + 1, before), 0)
      return { segments: segmentsNow(), unfinished, unread, failure }
    }
    await Promise.all([...wanted].slice(0, left).map(ask))
  }

  async function ask(block: number): Promise<void> {
    const offset = block * blockSize
    if (!fresh(offset)) left -= 1
    try {
      if (block === 0) await reader.need(offset)
      else if (!(await reader.attempt(offset))) failures += 1
    } catch (error) {
      if (block === 0 || !isUnavailable(error) || !(error instanceof Error)) throw error
      failure = error
    }
    if (failures > mostFailures) failure ??= new SpotifyDownError('The blocks around some dates were not sent')
  }

  function gapsNow(): Gap[] {
    const end = Math.ceil(list.total / blockSize)
    const known = knownOffsets().flatMap((offset) => timesIn(offset / blockSize, fresh(offset)?.songs ?? []) ?? [])
    const behind = [...known, { block: end, newest: -Infinity, oldest: -Infinity }]
    return behind.flatMap((after, index) => {
      const before = behind[index - 1] ?? { block: -1, oldest: Infinity }
      const gap = { after: before.block, before: after.block, newest: before.oldest, oldest: after.newest }
      return after.block - before.block > 1 ? [gap] : []
    })
  }

  function readableIn({ after, before }: Gap): number[] {
    const isReadable = (block: number): boolean => !list.unreadable.has(block * blockSize) && !fresh(block * blockSize)
    return range(after + 1, before).filter(isReadable)
  }

  /** The block of a gap in which the period is, by the times around it; every third try halves instead. */
  function next(period: Period, gaps: readonly Gap[]): number {
    const gap = gaps.find((one) => readableIn(one).length > 0)
    if (!gap) return 0
    const readable = readableIn(gap)
    const { newest, oldest, before } = gap
    // Nothing tells where a time is before the end of the list is known.
    if (oldest === -Infinity && readable.at(-1) === before - 1) return before - 1
    const tried = (tries.get(period) ?? 0) + 1
    tries.set(period, tried)
    const time = (period.from + period.to) / 2
    const part = tried % 3 === 0 || !Number.isFinite(newest - oldest) ? 1 / 2 : (newest - time) / (newest - oldest)
    return readable[Math.floor(Math.min(Math.max(part, 0), 0.999_999) * readable.length)] ?? 0
  }

  function knownOffsets(): number[] {
    return [...list.blocks.keys()].filter((offset) => fresh(offset)).toSorted((one, other) => one - other)
  }

  function placesIn(from: number, to: number): number {
    return Math.min(to * blockSize, list.total) - from * blockSize
  }

  function segmentsNow(): Segments {
    const pack = createPacker()
    let end = 0
    const segments = knownOffsets().flatMap((offset) => {
      const songs = fresh(offset)?.songs ?? []
      const before = unknown(offset - end)
      end = offset + songs.length
      return [...before, { pack: pack(songs), from: 0, to: songs.length }]
    })
    return [...segments, ...unknown(list.total - end)]
  }
}

function mayHold({ newest, oldest }: Gap, { from, to }: Period): boolean {
  return newest >= from - disorder && oldest < to + disorder
}

/** When the first and the last songs of a block were liked; a few in a wrong place do not decide. Nothing without dates. */
function timesIn(block: number, songs: readonly Song[]) {
  const times = songs.flatMap(({ addedAt }) => addedAt ?? [])
  const isInOrder = times.every((time, index) => time <= (times[index - 1] ?? Infinity) + disorder)
  const ends = isInOrder ? [times.slice(0, 1), times.slice(-1)] : [times.slice(0, few), times.slice(-few)]
  const [newest, oldest] = ends.map((some) => some.toSorted((one, other) => one - other)[Math.floor(some.length / 2)])
  return newest === undefined || oldest === undefined ? undefined : { block, newest, oldest }
}
