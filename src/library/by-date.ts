import { firstBefore } from './binary-search.ts'
import { orInHand, type Reader } from './block-reader.ts'
import type { Runs } from './segments.ts'
import { newestLike, show, type LikedPage } from './page.ts'

/** Milliseconds since the epoch; `to` is no longer part of it. */
export interface Period {
  readonly from: number
  readonly to: number
}

/** The page with the newest song that was liked before the end of a period. */
export interface WhenPage extends LikedPage {
  /**
   * `in`: that song was liked in the period. `nearest`: nothing was, and that song is the next older one.
   * `before-first`: the first like of all came later; this is the last page. `after-last`: the period lies after
   * the newest like; this is the first page. An empty list is `nearest`.
   */
  readonly found: 'in' | 'nearest' | 'before-first' | 'after-last'
}

/** @param known the whole list where it is in hand, which then costs nothing to look at */
export async function showWhen(reader: Reader, period: Period, known: Runs | undefined): Promise<WhenPage> {
  const front = (): Promise<number | undefined> => orInHand(reader, () => reader.need(0))
  await front()
  const at = await firstBefore(reader, period.to, known)
  const asOf = await front()
  const { total, blocks } = reader.view
  const page = await show(reader, Math.min(at, Math.max(total - 1, 0)), newestLike(blocks.get(0)?.songs), asOf)
  return { ...page, found: foundFor(period, at, page) }
}

function foundFor({ from, to }: Period, at: number, { songs, from: first, total }: LikedPage): WhenPage['found'] {
  const likedAt = songs[at - first]?.addedAt
  if (likedAt !== undefined && likedAt >= from && likedAt < to) return 'in'
  if (total > 0 && at >= total) return 'before-first'
  return total > 0 && at === 0 ? 'after-last' : 'nearest'
}
