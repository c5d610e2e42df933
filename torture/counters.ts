import { add, percentile, sum, type Counts } from '../bench/report.ts'
import type { Outcome } from '../sandbox/discord/discord.ts'

/** What became of many interactions. */
export interface Counters {
  interactions: number
  answered: number
  /** Acknowledged after more than three seconds, when Discord would have given up. */
  late: number
  /** Never acknowledged, or announced and never finished. */
  missing: number
  /** Answers that must not be. */
  readonly wrong: Counts
  /** Told to try again, because something was away. */
  sorry: number
  /** Answered with what was asked for. */
  served: number
  /** Milliseconds to the acknowledgement. */
  readonly acknowledged: number[]
}

/** When Discord gives up, in milliseconds. */
export const deadline = 3_000
const regret = /[Pp]lease (?:try|press) again|asks me to wait/

export function createCounters(): Counters {
  return { interactions: 0, answered: 0, late: 0, missing: 0, wrong: {}, sorry: 0, served: 0, acknowledged: [] }
}

/** `wrong`: what must not be in the answer, and is. */
export function count(counters: Counters, outcome: Outcome, wrong: string | undefined): void {
  const after = outcome.acknowledgedAfter
  counters.interactions += 1
  if (!Number.isNaN(after)) counters.acknowledged.push(after)
  if (outcome.kind === 'failed') counters.missing += 1
  else if (after > deadline) counters.late += 1
  else counters.answered += 1
  if (wrong) add(counters.wrong, wrong)
  if (!('message' in outcome)) return
  const { content, embeds, components } = outcome.message
  if (regret.test(content)) counters.sorry += 1
  if (embeds.length > 0 || components.length > 0 || content.startsWith('Linked as')) counters.served += 1
}

/** The median, the 99th percentile and the longest, in whole milliseconds. */
export function times({ acknowledged }: Counters): readonly [p50: number, p99: number, max: number] {
  const at = (part: number): number => Math.round(percentile(acknowledged, part))
  return [at(0.5), at(0.99), at(1)]
}

export const columns = ['used', 'answered', 'late', 'missing', 'wrong', 'sorry', 'served', 'ack p50', 'p99', 'max ms']

/** What these columns show. */
export function cells(counters: Counters): (number | string)[] {
  const { interactions, answered, late, missing, wrong, sorry, served, acknowledged } = counters
  const waited = acknowledged.length > 0 ? times(counters) : ['-', '-', '-']
  return [interactions, answered, late, missing, sum(wrong), sorry, served, ...waited]
}
