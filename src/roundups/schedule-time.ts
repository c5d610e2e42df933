import { Cron } from 'croner'
import { LRUCache } from 'lru-cache'
import { z } from 'zod'

/** 0 is Sunday, the hour is one of the clocks there, the timezone an IANA name. Monthly: on the first such day of a month. */
export type ScheduleTime = Readonly<z.input<typeof timeShape>>

export const timeShape = z.object({
  every: z.enum(['week', 'month']).default('week'),
  weekday: z.number().int().min(0).max(6),
  hour: z.number().int().min(0).max(23),
  // Names that nobody can choose any more are stored as well.
  timezone: z.string().refine(timezoneBehind),
})

/** One of the times of a schedule. */
export interface SchedulePeriod {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** The ISO week there, such as `2026-W47`, or the month, `2026-05`: one period has one, whatever clocks do. */
  readonly label: string
}

const day = 24 * 60 * 60 * 1000
// No two weekly periods are closer to each other, whatever clocks do.
const almostAWeek = 6 * day
// And no two are farther apart.
const farthest = { week: 9 * day, month: 37 * day }

/** The first period after a time. An hour that clocks skip is the moment at which they do; of two equal ones the first. */
export function periodAfter(time: number, schedule: ScheduleTime): SchedulePeriod {
  let found = weekAfter(time, schedule)
  if (schedule.every !== 'month') return { at: found.at, label: isoWeek(found.on) }
  while (found.on.getUTCDate() > 7) {
    const lastDay = new Date(Date.UTC(found.on.getUTCFullYear(), found.on.getUTCMonth() + 1, 0)).getUTCDate()
    const left = lastDay - found.on.getUTCDate()
    // Well before the next month begins there.
    found = weekAfter(found.at + Math.max(left - 1, 0) * day, schedule)
  }
  return { at: found.at, label: found.on.toISOString().slice(0, 7) }
}

/** The latest period at or before a time. */
export function periodBefore(time: number, schedule: ScheduleTime): SchedulePeriod {
  let found = periodAfter(time - farthest[schedule.every ?? 'week'], schedule)
  for (let later = found; later.at <= time; later = periodAfter(later.at, schedule)) found = later
  return found
}

// Kept, because making one takes longer than all the rest. Throws RangeError for a name that is none.
const clocks = new LRUCache<string, Intl.DateTimeFormat>({
  max: 1_000,
  memoMethod: (timeZone) => new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'medium' }),
})

/** The timezone of a name, abbreviations and offsets included; undefined where clocks cannot be read by it. */
export function timezoneBehind(name: string): string | undefined {
  try {
    return clocks.memo(name).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** The next such time of a week, and the day there to which it belongs. */
function weekAfter(time: number, { weekday, hour, timezone }: ScheduleTime): { at: number; on: Date } {
  const found = next(`0 0 ${hour} * * ${weekday}`, timezone, time)
  if (found >= time + almostAWeek) {
    // Where clocks skip from this hour into the next day, croner would skip the week.
    const midnight = next(`0 0 0 * * ${(weekday + 1) % 7}`, timezone, time)
    const before = local(midnight - 1, timezone)
    if (midnight < found && before.getUTCHours() < hour) return { at: midnight, on: before }
  }
  return { at: found, on: local(found, timezone) }
}

function next(pattern: string, timezone: string, after: number): number {
  return new Cron(pattern, { timezone }).nextRun(new Date(after))?.getTime() ?? Infinity
}

function isoWeek(date: Date): string {
  const thursday = new Date(date)
  // A week belongs to the year of its Thursday.
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7))
  const year = thursday.getUTCFullYear()
  const week = Math.floor((thursday.getTime() - Date.UTC(year, 0)) / (7 * day)) + 1
  return `${year}-W${String(week).padStart(2, '0')}`
}

/** What clocks there show, as the UTC fields of a date. Swedish writes it as 2026-11-20 18:00:00. */
function local(time: number, timezone: string): Date {
  return new Date(`${clocks.memo(timezone).format(time)}Z`)
}
