import { UserError } from '../errors.ts'

/** A year, month or day in UTC. */
export interface NamedDateRange {
  /** Its first millisecond, and the first one after it. */
  readonly from: number
  readonly to: number
  /** As it is said: "2023", "July 2023", "14 July 2023". */
  readonly name: string
}

const shape = /^(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$/
const example = 'A date is a year, a month or a day: 2023, 2023-07 or 2023-07-14.'

/** Reads `2023`, `2023-07` or `2023-07-14`. Throws UserError. */
export function parseDateRange(text: string): NamedDateRange {
  const [, year, month, day] = shape.exec(text.normalize('NFKC').trim()) ?? []
  if (!year) throw new UserError(example)
  const [y, m, d] = [Number(year), Number(month ?? 1) - 1, Number(day ?? 1)]
  const from = Date.UTC(y, m, d)
  // The calendar moves 31 February to March, and the year 0012 to 1912.
  if (new Date(from).toISOString().slice(0, 10) !== iso(year, m + 1, d))
    throw new UserError(`There is no such day. ${example}`)
  const to = day ? Date.UTC(y, m, d + 1) : month ? Date.UTC(y, m + 1) : Date.UTC(y + 1, 0)
  return { from, to, name: name(from, month !== undefined, day !== undefined) }
}

function iso(year: string, month: number, day: number): string {
  return [year, String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('-')
}

function name(from: number, hasMonth: boolean, hasDay: boolean): string {
  const month = hasMonth ? 'long' : undefined
  const day = hasDay ? 'numeric' : undefined
  return new Intl.DateTimeFormat('en-GB', { year: 'numeric', month, day, timeZone: 'UTC' }).format(from)
}
