import { Cron } from 'croner'

/** A time of the week somewhere. */
export interface WeeklyTime {
  /** 0 is Sunday. */
  readonly weekday: number
  /** 0 to 23, on clocks there. */
  readonly hour: number
  /** An IANA name. */
  readonly timezone: string
}

/** One of the times that a weekly one stands for. */
export interface SchedulePeriod {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The ISO week there, such as `2026-W47`: one period has one, whatever clocks do. */
  readonly label: string
}

const day = 24 * 60 * 60 * 1000
// No two periods are closer to each other, whatever clocks do.
const almostAWeek = 6 * day

/** The first period after a time. An hour that clocks skip is the moment at which they do; of two equal ones the first. */
export function periodAfter(time: number, { weekday, hour, timezone }: WeeklyTime): SchedulePeriod {
  const found = next(`0 0 ${hour} * * ${weekday}`, timezone, time)
  if (found < time + almostAWeek) return { at: found, label: isoWeek(found, timezone) }
  // Where clocks skip from this hour into the next day, croner would skip the week.
  const midnight = next(`0 0 0 * * ${(weekday + 1) % 7}`, timezone, time)
  if (midnight < found && local(midnight - 1, timezone).hour < hour)
    return { at: midnight, label: isoWeek(midnight - 1, timezone) }
  return { at: found, label: isoWeek(found, timezone) }
}

/** The latest period at or before a time. */
export function periodBefore(time: number, weekly: WeeklyTime): SchedulePeriod {
  let found = periodAfter(time - 9 * day, weekly)
  while (found.at + almostAWeek <= time) {
    const later = periodAfter(found.at, weekly)
    if (later.at > time) return found
    found = later
  }
  return found
}

/** Whether it is a name that clocks can be read by. */
export function isTimezone(name: string): boolean {
  try {
    return Boolean(clockOf(name))
  } catch {
    return false
  }
}

function next(pattern: string, timezone: string, after: number): number {
  return new Cron(pattern, { timezone }).nextRun(new Date(after))?.getTime() ?? Infinity
}

function isoWeek(time: number, timezone: string): string {
  const { year, month, date } = local(time, timezone)
  // A week belongs to the year of its Thursday.
  const noon = Date.UTC(year, month - 1, date)
  const thursday = new Date(noon + (4 - (new Date(noon).getUTCDay() || 7)) * day)
  const week = Math.ceil(((thursday.getTime() - Date.UTC(thursday.getUTCFullYear(), 0)) / day + 1) / 7)
  return `${thursday.getUTCFullYear()}-W${String(week).padStart(2, '0')}`
}

function local(time: number, timezone: string): Record<'year' | 'month' | 'date' | 'hour', number> {
  const parts = clockOf(timezone).formatToParts(time)
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((one) => one.type === type)?.value)
  return { year: part('year'), month: part('month'), date: part('day'), hour: part('hour') }
}

const mostClocks = 1_000
const clocks = new Map<string, Intl.DateTimeFormat>()

/** Kept, because making one takes longer than all the rest. @throws RangeError for a name that is none */
function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en', {
    ...{ timeZone: timezone, calendar: 'iso8601', numberingSystem: 'latn', hourCycle: 'h23' },
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric' },
  })
  if (clocks.size >= mostClocks) clocks.clear()
  clocks.set(timezone, clock)
  return clock
}
