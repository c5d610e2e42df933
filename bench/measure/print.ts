import { median, type Check, type Line, type Report } from './figures.ts'

/** The whole report as markdown: readable in a terminal, and what RESULTS.md holds. */
export function printed({ title, lines, checks, note }: Report): string {
  const measured = table([['', 'median', 'least to most'], ...lines.map(measuredRow)])
  const judged = table([['', 'value', 'target', ''], ...checks.map(checkRow)])
  return [`## ${title}`, note, lines.length > 0 && measured, checks.length > 0 && judged].filter(Boolean).join('\n\n')
}

/** All that has to hold, in one table. */
export function summary(reports: readonly Report[]): string {
  const rows = reports.flatMap(({ title, checks }) => checks.map((check) => [title, ...checkRow(check)]))
  return table([['figure', '', 'value', 'target', ''], ...rows])
}

function measuredRow({ name, unit, values }: Line): string[] {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return [name, `${short(median(values))} ${unit}`, least === most ? '' : `${short(least)} to ${short(most)}`]
}

function checkRow({ what, value, target, met }: Check): string[] {
  return [what, short(value), target, met ? 'met' : '**missed**']
}

function short(value: number): string {
  if (Number.isInteger(value)) return value.toLocaleString('en-US')
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3
  return value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
}

function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0), 3))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
