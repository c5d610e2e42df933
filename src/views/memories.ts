import { UserError } from '../errors.ts'
import { periodsFilter } from '../library/periods.ts'
import type { Period, SongFilter } from '../library/search.ts'
import type { Song } from '../spotify/parse.ts'
import { parseDateRange } from './dates.ts'

/** No song was liked before Spotify began. */
const firstYear = 2006

/** Today as `2026-11-30`, in UTC like every day that is asked for. */
export function today(): string {
  return new Date().toISOString().slice(0, 10)
}

/** What is found in the years before a day, which is as `today` gives it. */
export function memoriesFilter(day: string): SongFilter {
  return periodsFilter(yearsBefore(dayIn(day)))
}

/** A day without its year, as one says it in a language. */
export function dayName(day: string, locale: string): string {
  return dayIn(day).toLocaleDateString(locale, { month: 'long', day: 'numeric', timeZone: 'UTC' })
}

/** What stands above each song where another year begins. */
export function yearsAbove(songs: readonly Song[]): string[] {
  const years = songs.map(({ addedAt = 0 }) => new Date(addedAt).getUTCFullYear())
  return years.map((year, index) => (year === years[index - 1] ? '' : `### ${year}\n`))
}

/** @throws UserError for what no button of ours holds */
function dayIn(day: string): Date {
  const { from, isDay, id } = parseDateRange(day)
  if (isDay && id === day && from < Date.now() + 366 * 24 * 60 * 60 * 1000) return new Date(from)
  throw new UserError('liked.fresh')
}

/** The same day of earlier years, newest first. 29 February belongs to the 28th in years that have no 29th. */
function yearsBefore(date: Date): Period[] {
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()]
  const isLeap = (one: number): boolean => new Date(Date.UTC(one, 1, 29)).getUTCMonth() === 1
  const isLeapDay = month === 1 && day === 29
  const past = month === 1 && day === 28 && !isLeap(year) ? [2, 1] : [month, day + 1]
  const years = Array.from({ length: Math.max(year - firstYear, 0) }, (_, index) => year - 1 - index)
  return years
    .filter((one) => !isLeapDay || isLeap(one))
    .map((one) => ({ from: Date.UTC(one, month, day), to: Date.UTC(one, past[0] ?? month, past[1]) }))
}
