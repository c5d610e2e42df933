import type { SchedulePeriod, ScheduleTime } from '../../src/roundups/schedule-time.ts'

/** What clocks in a timezone show between two times, found with Intl alone. */
export interface WallClock {
  /** When clocks are moved there. */
  readonly changes: readonly number[]
  /** Every period of a schedule, in order: the first moment at which clocks show that time or a later one. */
  periods(weekly: Omit<ScheduleTime, 'timezone'>): SchedulePeriod[]
}

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

export function wallClock(timezone: string, from: number, until: number): WallClock {
  const stretches = stretchesOf(timezone, from, until)
  return {
    changes: stretches.slice(1).map((stretch) => stretch.from),
    periods({ weekday, hour: wanted, every }) {
      const periods: SchedulePeriod[] = []
      for (let date = Math.floor(from / day) * day; date < until; date += day) {
        const on = new Date(date)
        if (on.getUTCDay() !== weekday || (every === 'month' && on.getUTCDate() > 7)) continue
        const at = firstAt(stretches, date + wanted * hour)
        if (at !== undefined) periods.push({ at, label: every === 'month' ? monthOf(on) : weekOf(date) })
      }
      return periods
    },
  }
}

interface Stretch {
  readonly from: number
  readonly until: number
  readonly offset: number
}

/** @param shown what a clock shows, as if it were UTC */
function firstAt(stretches: readonly Stretch[], shown: number): number | undefined {
  for (const { from, until, offset } of stretches) {
    const at = Math.max(from, shown - offset)
    if (at < until) return at > (stretches[0]?.from ?? 0) ? at : undefined
  }
  return undefined
}

function stretchesOf(timezone: string, from: number, until: number): Stretch[] {
  const offsetAt = offsets(timezone)
  const stretches: Stretch[] = []
  let begin = from
  for (let time = from; time < until; time += 6 * hour) {
    if (offsetAt(time + 6 * hour) === offsetAt(time)) continue
    const change = firstOther(offsetAt, time, time + 6 * hour)
    stretches.push({ from: begin, until: change, offset: offsetAt(time) })
    begin = change
  }
  return [...stretches, { from: begin, until, offset: offsetAt(until) }]
}

/** The minute at which another offset begins. */
function firstOther(offsetAt: (time: number) => number, before: number, after: number): number {
  let [same, other] = [before, after]
  while (other - same > minute) {
    const middle = same + Math.floor((other - same) / 2 / minute) * minute
    if (offsetAt(middle) === offsetAt(before)) same = middle
    else other = middle
  }
  return other
}

function offsets(timezone: string): (time: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: timezone, timeZoneName: 'longOffset' })
  return (time) => {
    const [, sign = '+', hours = '0', minutes = '0'] = /GMT([+-])(\d\d):(\d\d)/.exec(format.format(time)) ?? []
    return (sign === '-' ? -1 : 1) * (Number(hours) * hour + Number(minutes) * minute)
  }
}

function monthOf(date: Date): string {
  return `${date.getUTCFullYear()}-${String(date.getUTCMonth() + 1).padStart(2, '0')}`
}

/** By counting: week 1 is the one with 4 January in it. */
function weekOf(date: number): string {
  const monday = date - ((new Date(date).getUTCDay() + 6) % 7) * day
  const year = new Date(monday + 3 * day).getUTCFullYear()
  const fourth = Date.UTC(year, 0, 4)
  const first = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * day
  return `${year}-W${String(1 + Math.round((monday - first) / (7 * day))).padStart(2, '0')}`
}
