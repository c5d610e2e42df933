import { z } from 'zod'
import type { Store } from '../store/store.ts'
import { periodAfter, periodBefore, weeklyShape, type SchedulePeriod, type WeeklyTime } from './schedule-time.ts'

const index = 'roundups'
const mostTries = 20
const day = 24 * 60 * 60 * 1000

const discordId = z.string().regex(/^\d{17,20}$/)
const settingsShape = weeklyShape.extend({
  channel: discordId,
  /** Whether a week without songs passes in silence. */
  skipEmpty: z.boolean(),
})
const scheduleShape = settingsShape.extend({
  version: z.number(),
  /** Who set it up; null once that person has had everything about them deleted. */
  setBy: discordId.nullable(),
  /** By somebody, or because its channel could not be posted to for three periods. */
  paused: z.enum(['by somebody', 'channel closed']).nullable(),
  /** The next post, in milliseconds. */
  dueAt: z.number(),
  /** The latest period that is done with. */
  posted: z.string().nullable(),
  /** The period whose post may be in that channel already, after that message. */
  posting: z
    .object({
      ...{ label: z.string(), channel: discordId, after: z.string().regex(/^\d{1,20}$/) },
      /** How often something in between has turned it away. */
      tries: z.number().default(0),
    })
    .nullable(),
  /** How many periods in a row could not be posted, for a closed channel or because Discord refused them. */
  closed: z.number(),
  /** Why the latest period was not posted; absent in schedules from before that was noted. */
  failed: z.enum(['closed', 'refused']).nullable().default(null),
})

/** When and where a server's roundup is posted. */
export type Settings = Readonly<z.infer<typeof settingsShape>>

/** A server's weekly roundup, and how far it is. */
export type Schedule = Readonly<z.infer<typeof scheduleShape>>

/** The weekly roundups, by server, and the index of when they are due. */
export type Schedules = ReturnType<typeof createSchedules>

export function createSchedules(store: Store, now: () => number) {
  return {
    get,
    read,
    /** Sets up or changes; a period that is posted stays posted, and one that is due stays due. */
    async setUp(server: string, settings: Settings, by: string): Promise<Schedule> {
      // Before the record, so that an unlink finds what a process that dies in between leaves.
      await store.add(`schedules.${by}`, server)
      let before: string | null = null
      const edit = (schedule: Schedule): Schedule => {
        before = schedule.setBy
        return resettled(schedule, settings, by, now())
      }
      const changed = (await change(server, edit)) ?? (await create(server, settings, by))
      // Somebody else has set it up at this moment.
      const schedule = changed ?? (await change(server, edit))
      if (!schedule) throw new Error(`The schedule of server ${server} changes too often to be set up`)
      for (const person of new Set([before, by])) if (person) await settle(person, server)
      return schedule
    },
    change,
    /** The servers whose time has come, at most `limit`. */
    due: (until: number, limit: number) => store.due(index, until, limit),
    repairIndex,
    /** Lets the index name a server that has a schedule not before that time, whatever the schedule says. */
    postpone: (server: string, until: number) => store.schedule(index, server, until),
    /** Takes a person's name off every schedule that they set up. */
    async removeSetter(person: string): Promise<void> {
      for (const server of await store.members(`schedules.${person}`)) {
        await change(server, (schedule) => (schedule.setBy === person ? { ...schedule, setBy: null } : undefined))
        await settle(person, server)
      }
    },
    /** The servers whose schedule they set up: the schedule decides. */
    async setBy(person: string): Promise<string[]> {
      const servers = await store.members(`schedules.${person}`)
      const own = await Promise.all(servers.map((server) => isSetBy(person, server)))
      return servers.filter((_, index) => own[index])
    },
  }

  /** Undefined where a schedule is. */
  async function create(server: string, settings: Settings, by: string): Promise<Schedule | undefined> {
    const fresh = renewed({ ...settings, version: 1, setBy: by, posted: null, posting: null }, now())
    // Named first: what is not named is never delivered. A row that makes no sense is written anew.
    await store.schedule(index, server, indexed(fresh))
    if ((await read(server)) === 'unreadable') await store.set(index, server, fresh)
    else if (!(await store.create(index, server, fresh))) return undefined
    await repairIndex(server)
    return fresh
  }

  async function isSetBy(person: string, server: string): Promise<boolean> {
    return (await get(server))?.setBy === person
  }

  /** Lets the set of a person say what the schedule says, until that holds: each change of it comes here afterwards. */
  async function settle(person: string, server: string): Promise<void> {
    for (;;) {
      const isTheirs = await isSetBy(person, server)
      await (isTheirs ? store.add(`schedules.${person}`, server) : store.remove(`schedules.${person}`, server))
      if ((await isSetBy(person, server)) === isTheirs) return
    }
  }

  /** Undefined also for a row that makes no sense. */
  async function get(server: string): Promise<Schedule | undefined> {
    const found = await read(server)
    return found === 'unreadable' ? undefined : found
  }

  /** Tells such a row from none. */
  async function read(server: string): Promise<Schedule | 'unreadable' | undefined> {
    const row = await store.get(index, server)
    return row === undefined ? undefined : (scheduleShape.safeParse(row).data ?? 'unreadable')
  }

  /** Changes what is there, as it is at that moment; undefined when nothing is, or when nothing is to be changed. */
  async function change(server: string, edit: (schedule: Schedule) => Schedule | undefined) {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await get(server)
      const after = before && edit(before)
      if (!after) return undefined
      const next = { ...after, version: before.version + 1 }
      // The index may name a server too early, never too late: where a process dies in between it is looked at in vain.
      if (before.paused !== null || next.dueAt < before.dueAt) await store.schedule(index, server, indexed(next))
      if (!(await store.compareAndSet(index, server, before.version, next))) continue
      await repairIndex(server)
      return next
    }
    throw new Error(`The schedule of server ${server} changes too often to be changed`)
  }

  /** Puts the index right, until it holds: two changes at once may reach it in another order than the record. */
  async function repairIndex(server: string): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const schedule = await get(server)
      if (schedule) await store.schedule(index, server, indexed(schedule))
      else await store.unschedule(index, server)
      if ((await get(server))?.version !== schedule?.version) continue
      // Where a process has died that set it up while that person unlinked.
      const by = schedule?.setBy
      if (by && !(await store.members(`schedules.${by}`)).includes(server)) await settle(by, server)
      return
    }
  }

  /** Once a day there is a look, so that the index mends itself where two processes have put it wrong and died. */
  function indexed({ paused, dueAt }: Schedule): number {
    const tomorrow = now() + day
    return paused === null ? Math.min(dueAt, tomorrow) : tomorrow
  }
}

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
export function renewed(schedule: Omit<Schedule, 'paused' | 'closed' | 'failed' | 'dueAt'>, now: number): Schedule {
  return { ...schedule, paused: null, closed: 0, failed: null, dueAt: nextPeriod(schedule, now).at }
}

/** The first period after a time that has not been posted yet. */
export function nextPeriod(schedule: WeeklyTime & Pick<Schedule, 'posted'>, after: number): SchedulePeriod {
  let period = periodAfter(after, schedule)
  while (isDone(period, schedule)) period = periodAfter(period.at, schedule)
  return period
}

/** Whether it or a later one is posted: by another weekday or timezone a week may come again. */
export function isDone({ label }: Pick<SchedulePeriod, 'label'>, { posted }: Pick<Schedule, 'posted'>): boolean {
  const ahead = posted === null ? -1 : weekNumber(posted) - weekNumber(label)
  // Farther ahead it was posted by a clock that was wrong by weeks.
  return ahead >= 0 && ahead <= 3
}

function weekNumber(label: string): number {
  const [year, week] = label.split('-W').map(Number)
  return (year ?? 0) * 53 + (week ?? 0)
}
