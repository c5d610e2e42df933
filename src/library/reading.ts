import type { Ask } from './asking.ts'
import { ListChangedError, look, type Looking } from './look.ts'
import { createPacker } from './pack.ts'
import { lengthOf, songCount, tidy, withoutRepeats, type Runs } from './runs.ts'

const mostLooks = 5

/**
 * Brings what is known of a list up to date, from nothing as from a list of yesterday: looks at it until it has
 * kept still, and the last time takes it as it comes.
 */
export async function readList(known: Runs, ask: Ask, report: Pick<Looking, 'keep' | 'progress'>): Promise<void> {
  const pack = createPacker()
  let runs = known
  const keep = (found: Runs): void => {
    runs = tidy(found, pack)
    report.keep(runs)
  }
  for (let turn = 1; turn <= mostLooks; turn += 1) {
    // What was read before and after a change may overlap in one place and leave out a song in another, so that
    // nothing but the number of songs would be right. Without the overlap the number tells that one is missing.
    if (turn > 1 || songCount(runs) < lengthOf(runs)) runs = withoutRepeats(runs)
    try {
      if (await look(runs, { ask, pack, tolerant: turn === mostLooks, keep, progress: report.progress })) return
    } catch (error) {
      if (!(error instanceof ListChangedError)) throw error
    }
  }
}
