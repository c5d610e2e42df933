import { z } from 'zod'
import type { Json, Store, Versioned } from '../store/store.ts'
import { isTimezone, periodAfter, periodBefore, type SchedulePeriod, type WeeklyTime } from './schedule-time.ts'

/** When and where a server's roundup is posted. */
export interface Settings extends WeeklyTime {
  /** A Discord id. */
  readonly channel: string
  /** Whether a week without songs passes in silence. */
  readonly skipEmpty: boolean
}

/** A server's weekly roundup, and how far it is. */
export interface Schedule extends Settings {
  readonly version: number
  /** Who set it up, a Discord id; null once that person has had everything about them deleted. */
  readonly setBy: string | null
  /** By somebody, or because its channel could not be posted to for three periods. */
  readonly paused: 'by somebody' | 'channel closed' | null
  /** The next post, in milliseconds. */
  readonly dueAt: number
  /** The latest period that is done with. */
  readonly posted: string | null
  /** The period whose post may be in that channel already, after that message. */
  readonly posting: { readonly label: string; readonly channel: string; readonly after: string } | null
  /** How many periods in a row met a closed channel. */
  readonly closed: number
}

/** The weekly roundups, by server, and the index of when they are due. */
export interface Schedules {
  /** Undefined also for a row that makes no sense. */
  get(server: string): Promise<Schedule | undefined>
  /** Tells such a row from none. */
  read(server: string): Promise<Schedule | 'unreadable' | undefined>
  /** Sets up or changes; a period that is posted stays posted, and one that is due stays due. */
  setUp(server: string, settings: Settings, by: string): Promise<Schedule>
  /** Changes what is there, as it is at that moment; undefined when nothing is. */
  change(server: string, change: (schedule: Schedule) => Schedule | undefined): Promise<Schedule | undefined>
  /** The servers whose time has come, at most `limit`. */
  due(until: number, limit: number): Promise<string[]>
  /** Puts the index right about a server. */
  repairIndex(server: string): Promise<void>
  /** Lets the index name a server that has a schedule not before that time, whatever the schedule says. */
  postpone(server: string, until: number): Promise<void>
  /** Takes a person's name off every schedule that they set up. */
  removeSetter(person: string): Promise<void>
  /** The servers whose schedule they set up. */
  setBy(person: string): Promise<string[]>
}

const index = 'roundups'
const attempts = 20
const day = 24 * 60 * 60 * 1000

const id = z.string().regex(/^\d{17,20}$/)
const shape = z.object({
  ...{
    version: z.number(),
    channel: id,
    weekday: z.number().int().min(0).max(6),
    hour: z.number().int().min(0).max(23),
  },
  timezone: z.string().refine(isTimezone),
  skipEmpty: z.boolean(),
  setBy: id.nullable(),
  paused: z.enum(['by somebody', 'channel closed']).nullable(),
  dueAt: z.number(),
  posted: z.string().nullable(),
  posting: z.object({ label: z.string(), channel: id, after: z.string().regex(/^\d{1,20}$/) }).nullable(),
  closed: z.number(),
})

export function createSchedules(store: Store, now: () => number): Schedules {
  const schedules: Schedules = {
    async get(server) {
      const found = await schedules.read(server)
      return found === 'unreadable' ? undefined : found
    },
    async read(server) {
      const row = await store.get(index, server)
      return row === undefined ? undefined : (shape.safeParse(row).data ?? 'unreadable')
    },
    async setUp(server, settings, by) {
      await store.add(`schedules.${by}`, server)
      const before = (await schedules.get(server))?.setBy
      const changed = await schedules.change(server, (schedule) => resettled(schedule, settings, by, now()))
      if (changed && before && before !== by) await store.remove(`schedules.${before}`, server)
      if (changed) return changed
      const fresh = renewed({ ...settings, ...untouched, setBy: by }, now())
      // Written anew also over a row that makes no sense, and named first: what is not named is never delivered.
      await store.schedule(index, server, indexed(fresh))
      await store.set(index, server, toJson(fresh))
      await settle(server)
      return fresh
    },
    async change(server, change) {
      for (let attempt = 1; attempt <= attempts; attempt += 1) {
        const before = await schedules.get(server)
        const after = before && change(before)
        if (!before || !after) return undefined
        const next = { ...after, version: before.version + 1 }
        // The index may name a server too early, never too late: whoever dies in between is looked at in vain.
        if (before.paused !== null || next.dueAt < before.dueAt) await store.schedule(index, server, indexed(next))
        if (!(await store.compareAndSet(index, server, before.version, toJson(next)))) continue
        await settle(server)
        return next
      }
      throw new Error(`The schedule of server ${server} changes too often to be changed`)
    },
    due: (until, limit) => store.due(index, until, limit),
    repairIndex: settle,
    postpone: (server, until) => store.schedule(index, server, until),
    async removeSetter(person) {
      for (const server of await schedules.setBy(person)) {
        await schedules.change(server, (schedule) =>
          schedule.setBy === person ? { ...schedule, setBy: null } : undefined,
        )
        await store.remove(`schedules.${person}`, server)
      }
    },
    setBy: (person) => store.members(`schedules.${person}`),
  }
  return schedules

  /** Until it holds: two changes at once may reach the index in another order than the record. */
  async function settle(server: string): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const schedule = await schedules.get(server)
      if (schedule) await store.schedule(index, server, indexed(schedule))
      else await store.unschedule(index, server)
      if ((await schedules.get(server))?.version === schedule?.version) return
    }
  }

  /** Once a day there is a look, so that the index mends itself where two processes have put it wrong and died. */
  function indexed({ paused, dueAt }: Schedule): number {
    const tomorrow = now() + day
    return paused === null ? Math.min(dueAt, tomorrow) : tomorrow
  }
}

const untouched = { version: 1, posted: null, posting: null, closed: 0, paused: null, dueAt: 0 } as const

/** With new settings; a period that is due and not yet posted stays due, unless its week has a time yet. */
function resettled(before: Schedule, settings: Settings, by: string, now: number): Schedule {
  const after = { ...before, ...settings, setBy: by }
  const next = renewed(after, now)
  if (before.paused !== null || before.dueAt > now) return next
  const pending = periodBefore(now, before)
  const there = periodBefore(now, after)
  const comesYet = nextPeriod(after, now).label === pending.label
  return comesYet || isDone(pending, before) || isDone(there, before) ? next : { ...next, dueAt: there.at }
}

/** Runs, from its next period on. */
export function renewed(schedule: Schedule, now: number): Schedule {
  return { ...schedule, paused: null, closed: 0, dueAt: nextPeriod(schedule, now).at }
}

/** The first period after a time that has not been posted yet. */
export function nextPeriod(schedule: WeeklyTime & Pick<Schedule, 'posted'>, after: number): SchedulePeriod {
  let period = periodAfter(after, schedule)
  while (isDone(period, schedule)) period = periodAfter(period.at, schedule)
  return period
}

/** Whether it or a later one is posted: by another weekday or timezone a week may come again. */
export function isDone({ label }: SchedulePeriod, { posted }: Pick<Schedule, 'posted'>): boolean {
  const ahead = posted === null ? -1 : weekNumber(posted) - weekNumber(label)
  // Farther ahead it was posted by a clock that was wrong by weeks.
  return ahead >= 0 && ahead <= 3
}

function weekNumber(label: string): number {
  const [year, week] = label.split('-W').map(Number)
  return (year ?? 0) * 53 + (week ?? 0)
}

function toJson(schedule: Schedule): Versioned {
  return schedule as unknown as Versioned & Json
}
