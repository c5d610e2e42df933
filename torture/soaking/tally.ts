import type { Outcome } from '../../sandbox/discord/discord.ts'
import { quantile } from '../enduring/load.ts'

/** Everything that was asked and what came of it. */
export interface Tally {
  /** A fault begins, whether anybody comes or not. */
  begin(during: string): void
  /** `during`: the fault that was on when it began. */
  note(name: string, during: string, outcome: Outcome, wrong: string | undefined): void
  /** Something that Discord's client would not have sent. */
  skip(why: string): void
  all(): Sum
  /** By the fault that was on. */
  during(): ReadonlyMap<string, Sum>
  /** How often each kind was used. */
  kinds(): ReadonlyMap<string, number>
  /** What must not be, with how often it was. */
  faults(): ReadonlyMap<string, number>
  skipped(): ReadonlyMap<string, number>
}

export interface Sum {
  interactions: number
  answered: number
  /** Acknowledged after more than three seconds, when Discord would have given up. */
  late: number
  /** Never acknowledged, or announced and never finished. */
  missing: number
  wrong: number
  /** Told to try again, because something was away. */
  sorry: number
  /** Milliseconds to the acknowledgement. */
  readonly acknowledged: number[]
}

const patience = 3_000
const regret = /[Pp]lease (?:try|press) again|asks us to wait/

export function createTally(): Tally {
  const everything = emptySum()
  const during = new Map<string, Sum>()
  const kinds = new Map<string, number>()
  const faults = new Map<string, number>()
  const skipped = new Map<string, number>()
  const sumOf = (when: string): Sum => {
    const sum = during.get(when) ?? emptySum()
    during.set(when, sum)
    return sum
  }
  return {
    begin: (when) => void sumOf(when),
    note(name, when, outcome, wrong) {
      for (const one of [everything, sumOf(when)]) count(one, outcome, wrong)
      add(kinds, name)
      if (wrong) add(faults, wrong)
      if (outcome.kind === 'failed') add(faults, `${name}, ${when}: ${outcome.reason}`)
      else if (outcome.acknowledgedAfter > patience)
        add(faults, `${name}, ${when}: after ${(outcome.acknowledgedAfter / 1000).toFixed(1)} s`)
    },
    skip: (why) => add(skipped, why),
    all: () => everything,
    during: () => during,
    kinds: () => kinds,
    faults: () => faults,
    skipped: () => skipped,
  }
}

/** Median, 99th percentile and longest, in whole milliseconds. */
export function times({ acknowledged }: Sum): readonly [p50: number, p99: number, max: number] {
  const sorted = acknowledged.toSorted((one, other) => one - other)
  const at = (part: number): number => Math.round(quantile(sorted, part))
  return [at(0.5), at(0.99), at(1)]
}

function count(sum: Sum, outcome: Outcome, wrong: string | undefined): void {
  const after = outcome.acknowledgedAfter
  sum.interactions += 1
  if (!Number.isNaN(after)) sum.acknowledged.push(after)
  if (outcome.kind === 'failed') sum.missing += 1
  else if (after > patience) sum.late += 1
  else sum.answered += 1
  if (wrong) sum.wrong += 1
  if ('message' in outcome && regret.test(outcome.message.content)) sum.sorry += 1
}

export function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function emptySum(): Sum {
  return { interactions: 0, answered: 0, late: 0, missing: 0, wrong: 0, sorry: 0, acknowledged: [] }
}
