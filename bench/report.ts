/** One figure, what is asked of it, and whether it was so. */
export interface Row {
  readonly name: string
  readonly measured: string
  /** The least and the most, of what was measured several times. */
  readonly spread: string
  readonly bound: string
  /** Undefined where nothing is asked. */
  readonly met: boolean | undefined
}

export interface Report {
  readonly title: string
  readonly rows: readonly Row[]
  /** What the reader has to know about how it was measured. */
  readonly note?: string
}

export type Counts = Record<string, number>

type Values = number | readonly number[]

/** A figure of which nothing is asked. */
export function figure(name: string, values: Values, unit = ''): Row {
  return row(name, [values].flat(), unit)
}

export function figures(counts: Readonly<Counts>): Row[] {
  return Object.entries(counts).map(([name, count]) => figure(name, count))
}

/** A figure whose median must not be larger. */
export function atMost(name: string, values: Values, limit: number, unit = ''): Row {
  const all = [values].flat()
  return row(name, all, unit, { bound: `<= ${limit} ${unit}`.trim(), met: median(all) <= limit })
}

/** A figure whose median must not be smaller. */
export function atLeast(name: string, values: Values, limit: number): Row {
  const all = [values].flat()
  return row(name, all, '', { bound: `>= ${limit}`, met: median(all) >= limit })
}

/** A figure that has to be this one every time. */
export function exactly(name: string, values: Values, wanted: number): Row {
  const all = [values].flat()
  return row(name, all, '', { bound: `= ${short(wanted)}`, met: all.every((value) => value === wanted) })
}

/** Prints a report and makes the exit code 1 where a bound was missed. */
export function print(report: Report): void {
  console.log(`\n${markdown(report)}`)
  if (missed(report).length > 0) process.exitCode = 1
}

export function missed({ title, rows }: Report): string[] {
  return rows.filter(({ met }) => met === false).map(({ name, measured }) => `${title}: ${name}, ${measured}`)
}

export function markdown({ title, rows, note }: Report): string {
  const cells = rows.map(({ name, measured, spread, bound, met }) => [name, measured, spread, bound, verdict(met)])
  return [`## ${title}`, note, table(['', 'measured', 'least to most', 'bound', ''], cells)]
    .filter(Boolean)
    .join('\n\n')
}

export function verdict(met: boolean | undefined): string {
  if (met === undefined) return ''
  return met ? 'met' : '**missed**'
}

export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const texts = [head, ...rows.map((row) => row.map(String))]
  const widths = head.map((_, column) => Math.max(...texts.map((row) => row[column]?.length ?? 0), 3))
  const lines = texts.map(
    (row) => `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`,
  )
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return [lines[0], rule, ...lines.slice(1)].join('\n')
}

export function median(values: readonly number[]): number {
  return percentile(values, 0.5)
}

/** `part`: 0.99 for the 99th. NaN of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN
}

export function ratio(ours: readonly number[], theirs: readonly number[]): number {
  return median(ours) / median(theirs)
}

export function add(counts: Counts, name: string, times = 1): void {
  counts[name] = (counts[name] ?? 0) + times
}

export function sum(counts: Readonly<Counts>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** An argument of the program: how many, from 1. */
export function countArgument(what: string, usual: number): number {
  const count = Number(process.argv[2] ?? usual)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new Error(`The number of ${what} is a whole number, such as ${usual}.`)
  return count
}

function row(name: string, values: readonly number[], unit: string, judged?: Pick<Row, 'bound' | 'met'>): Row {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return {
    name,
    measured: `${short(median(values))} ${unit}`.trim(),
    spread: least === most ? '' : `${short(least)} to ${short(most)}`,
    ...(judged ?? { bound: '', met: undefined }),
  }
}

function short(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  const size = Math.abs(value)
  const digits = 3 - [1, 10, 100].filter((limit) => size >= limit).length
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}
