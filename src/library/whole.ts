import { blockSize } from '../spotify/client.ts'
import type { SavedPage, Song } from '../spotify/parse.ts'
import { createBlockFetch, range, type SyncOptions } from './block-fetch.ts'
import { unknown } from './segments.ts'
import { sameSongs } from './page-cache.ts'

// Clocks may differ by that much.
const margin = 60_000

/**
 * Reads a list of which nothing is known, each block once, and the front last: what was saved meanwhile stands
 * there with its date. Only then, or where a date is missing, the block that came first is asked for once more: it
 * tells whether the list has moved since. False when it has; what was read is kept without the front then.
 * Rejects with ListChangedError where a change shows at once.
 *
 * @param second the second block, which was asked for first
 * @param begun when that was, in milliseconds
 */
export async function readWhole(second: SavedPage, begun: number, looking: SyncOptions): Promise<boolean> {
  const { ask, tolerant, keep } = looking
  const gathering = createBlockFetch(second.total, looking)
  const base = unknown(second.total)
  if (second.total > blockSize) gathering.take(1, second)
  try {
    if (second.total === 0) return true
    await gathering.fill(range(2, gathering.end), 1)
    const front = await gathering.load(0)
    if (tolerant || (!gathering.overlaps() && !(await hasMoved(front)))) return true
    gathering.drop(0)
    return false
  } finally {
    if (!tolerant) gathering.sift(base)
    keep(gathering.assemble(base))
  }

  async function hasMoved(front: readonly Song[]): Promise<boolean> {
    if (front.every(({ addedAt }) => addedAt !== undefined && addedAt < begun - margin)) return false
    const again = await ask(blockSize)
    return again.total !== second.total || !sameSongs(again.songs, second.songs)
  }
}
