import { blockSize } from '../spotify/client.ts'
import type { Ask } from './asking.ts'
import { ListChangedError, type SyncOptions } from './block-fetch.ts'
import { syncOnce } from './sync.ts'
import { createPacker } from './packed-songs.ts'
import { lengthOf, songCount, compact, withoutRepeats, type Segments } from './segments.ts'
import { readWhole } from './whole.ts'

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
