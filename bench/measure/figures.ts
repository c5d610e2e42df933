/** One thing that was measured several times. */
export interface Line {
  readonly name: string
  readonly unit: string
  readonly values: readonly number[]
}

/** One thing that has to hold. */
export interface Check {
  readonly what: string
  readonly value: number
  readonly target: string
  readonly met: boolean
}

export interface Report {
  readonly title: string
  readonly lines: readonly Line[]
  readonly checks: readonly Check[]
  /** What the reader has to know about how it was measured. */
  readonly note?: string
}

/** One thing to measure: `npm run bench -- only <name>`. */
export interface Subject {
  readonly name: string
  run(): Promise<Report[]>
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? Number.NaN) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2
}

/** The line with the lowest median, or the highest where more is better. */
export function best(lines: readonly Line[], more: 'lowest' | 'highest' = 'lowest'): Line {
  const sign = more === 'lowest' ? 1 : -1
  const [first] = lines.toSorted((one, other) => sign * (median(one.values) - median(other.values)))
  if (!first) throw new Error('Nothing to compare with')
  return first
}

export function ratio(ours: Line, other: Line): number {
  return median(ours.values) / median(other.values)
}

export function atMost(what: string, value: number, limit: number, unit = ''): Check {
  return { what, value, target: `<= ${limit}${unit && ` ${unit}`}`, met: value <= limit }
}

export function atLeast(what: string, value: number, limit: number, unit = ''): Check {
  return { what, value, target: `>= ${limit}${unit && ` ${unit}`}`, met: value >= limit }
}

export function exactly(what: string, values: readonly number[], wanted: number): Check {
  const odd = values.find((value) => value !== wanted)
  return { what, value: odd ?? wanted, target: `= ${wanted}`, met: odd === undefined }
}
