import { firstBefore } from './binary-search.ts'
import type { BlockReader } from './block-reader.ts'
import { newestLike, readPage, type LikedPage } from './page.ts'

/** Milliseconds since the epoch; `to` is no longer part of it. */
export interface DateRange {
  readonly from: number
  readonly to: number
}

/** The page with the newest song that was liked before the end of a period. */
export interface DatePage extends LikedPage {
  /**
   * `in`: that song was liked in the period. `nearest`: nothing was, and that song is the next older one.
   * `before-first`: the first like of all came later; this is the last page. `after-last`: the period lies after
   * the newest like; this is the first page. An empty list is `nearest`.
   */
  readonly found: 'in' | 'nearest' | 'before-first' | 'after-last'
}

export async function readPageByDate(reader: BlockReader, period: DateRange): Promise<DatePage> {
  await reader.read([0])
  const at = await firstBefore(reader, period.to)
  const { blocks, asOf } = await reader.read([0])
  const page = await readPage(reader, at, newestLike(blocks.flat()), asOf)
  return { ...page, found: foundFor(period, at, page) }
}

function foundFor({ from, to }: DateRange, at: number, { songs, from: first, total }: LikedPage): DatePage['found'] {
  const likedAt = songs[at - first]?.addedAt
  if (likedAt !== undefined && likedAt >= from && likedAt < to) return 'in'
  if (total > 0 && at >= total) return 'before-first'
  return total > 0 && at === 0 ? 'after-last' : 'nearest'
}
