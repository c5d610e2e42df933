import type { Store } from '../store/store.ts'
import {
  isDeleted,
  isUnused,
  mostInServer,
  restarted,
  scheduleShape,
  serverOfKey,
  settingsShape,
  TooManySchedulesError,
  withSettings,
} from './schedule.ts'
import type { Schedule, Settings } from './schedule.ts'
import { settleMember } from './settle-member.ts'

const index = 'roundups'
const mostTries = 20
const day = 24 * 60 * 60 * 1000
// As long as what it has shown may matter to one that is set up again in its channel.
const deletedFor = 62 * day

/** The schedules by which roundups are posted, and the index of when they are due. */
export type Schedules = ReturnType<typeof createSchedules>

/**
 * One schedule a channel, five a server. The first of a server has the server as its key, as 0.1.0 has it; the key of
 * others is the server and the channel. The set of these channels finds them: it may name one that is not there.
 */
export function createSchedules(store: Store, now: () => number) {
  return {
    get,
    read,
    /** Those of a server by their keys; also, if so asked, those that are deleted and not yet forgotten. */
    list,
    /**
     * Sets up the schedule of a channel or changes it; a period that is posted stays posted, and one that is due stays due.
     * Rejects with TooManySchedulesError.
     */
    async setUp(server: string, chosen: Settings, by: string): Promise<Schedule> {
      const settings = settingsShape.parse(chosen)
      for (let tries = 1; tries <= mostTries; tries += 1) {
        const key = await keyOf(server, settings.channel)
        const known = await get(key)
        const isNew = !known || isDeleted(known)
        if (isNew && (await list(server)).size >= mostInServer) throw new TooManySchedulesError()
        let before: string | null = null
        const edit = (schedule: Schedule): Schedule | undefined => {
          before = schedule.setBy
          // Somebody else has set up the first one of the server at this moment.
          return schedule.channel === settings.channel ? withSettings(schedule, settings, by, now()) : undefined
        }
        // Before the record, so that an unlink finds what a process that dies in between leaves.
        await store.add(`schedules.${by}`, key)
        const changed = (await change(key, edit)) ?? (await create(key, settings, by))
        for (const person of new Set([before, by])) if (person) await settleSetter(person, key)
        if (!changed) continue
        // Of several who set one up at the same moment, nobody goes beyond the limit.
        if (!isNew || (await list(server)).size <= mostInServer) return changed
        await remove(key)
        throw new TooManySchedulesError()
      }
      throw new Error(`The schedules of server ${server} change too often to be changed`)
    },
    change,
    remove,
    /** The schedules whose time has come, by their keys, at most `limit`. */
    due: (until: number, limit: number) => store.due(index, until, limit),
    repairIndex,
    /** Lets the index name a schedule not before that time, whatever it says itself. */
    postpone: (key: string, until: number) => store.schedule(index, key, until),
    /** Takes a person's name off every schedule that they set up. */
    async removeSetter(person: string): Promise<void> {
      for (const key of await store.members(`schedules.${person}`)) {
        await change(key, (schedule) => (schedule.setBy === person ? { ...schedule, setBy: null } : undefined))
        await settleSetter(person, key)
      }
    },
    /** The keys of those that they set up: the schedule decides. */
    async setBy(person: string): Promise<string[]> {
      const keys = await store.members(`schedules.${person}`)
      const own = await Promise.all(keys.map((key) => isSetBy(person, key)))
      return keys.filter((_, index) => own[index])
    },
  }

  async function list(server: string, withDeleted = false): Promise<Map<string, Schedule>> {
    const channels = (await store.members(`scheduled.${server}`)).toSorted()
    const keys = [server, ...channels.map((channel) => `${server}.${channel}`)]
    const found = await Promise.all(keys.map(async (key) => [key, await get(key)] as const))
    return new Map(found.flatMap(([key, one]) => (one && (withDeleted || !isDeleted(one)) ? [[key, one]] : [])))
  }

  /** Of the schedule that a channel has, or is to have. A first one that makes no sense is written anew. */
  async function keyOf(server: string, channel: string): Promise<string> {
    const own = `${server}.${channel}`
    if ((await store.get(index, own)) !== undefined) return own
    const first = await get(server)
    return first && first.channel !== channel ? own : server
  }

  /** Undefined where a schedule is. */
  async function create(key: string, settings: ReturnType<typeof settingsShape.parse>, by: string) {
    const unposted = { posted: null, postedOther: null, posting: null, coveredUntil: null }
    const fresh = restarted({ ...settings, version: 1, setBy: by, ...unposted }, now())
    // Named first: what is not named is neither delivered nor found.
    const [server, channel] = [serverOfKey(key), settings.channel]
    if (key !== server) await store.add(`scheduled.${server}`, channel)
    await store.schedule(index, key, indexed(fresh))
    if ((await read(key)) === 'unreadable') await store.set(index, key, fresh)
    else if (!(await store.create(index, key, fresh))) return undefined
    await repairIndex(key)
    if (key !== server) for (const one of await store.members(`scheduled.${server}`)) await settleName(server, one)
    return fresh
  }

  /** Leaves nothing to be posted, and for a while what has been: set up again, it repeats nothing. Without posts it leaves nothing. */
  async function remove(key: string): Promise<Schedule | undefined> {
    let before: Schedule | undefined
    const removed = await change(key, (schedule) => {
      before = schedule
      return isDeleted(schedule) ? undefined : { ...schedule, paused: 'deleted', setBy: null }
    })
    if (before?.setBy) await settleSetter(before.setBy, key)
    // The first one of a server stays, so that two who set one up in the same channel agree about its key.
    if (removed && isUnused(removed) && key !== serverOfKey(key)) {
      await store.deleteIfVersion(index, key, removed.version)
      await settleName(serverOfKey(key), removed.channel)
    }
    return removed
  }

  async function isSetBy(person: string, key: string): Promise<boolean> {
    return (await get(key))?.setBy === person
  }

  /** Lets the set of a person say what the schedule says. */
  function settleSetter(person: string, key: string): Promise<void> {
    return settleMember(store, `schedules.${person}`, key, () => isSetBy(person, key))
  }

  /** Lets the set of a server's channels say which have a schedule. */
  function settleName(server: string, channel: string): Promise<void> {
    const isThere = async () => (await store.get(index, `${server}.${channel}`)) !== undefined
    return settleMember(store, `scheduled.${server}`, channel, isThere)
  }

  /** Undefined also for a row that makes no sense. */
  async function get(key: string): Promise<Schedule | undefined> {
    const found = await read(key)
    return found === 'unreadable' ? undefined : found
  }

  /** Tells such a row from none. */
  async function read(key: string): Promise<Schedule | 'unreadable' | undefined> {
    const row = await store.get(index, key)
    return row === undefined ? undefined : (scheduleShape.safeParse(row).data ?? 'unreadable')
  }

  /** Changes what is there, as it is at that moment; undefined when nothing is, or when nothing is to be changed. */
  async function change(key: string, edit: (schedule: Schedule) => Schedule | undefined) {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await get(key)
      const after = before && edit(before)
      if (!after) return undefined
      const next = { ...after, version: before.version + 1 }
      // The index may name a schedule too early, never too late: where a process dies in between it is looked at in vain.
      if (before.paused !== null || next.dueAt < before.dueAt) await store.schedule(index, key, indexed(next))
      if (!(await store.compareAndSet(index, key, before.version, next, isDeleted(next) ? deletedFor : undefined)))
        continue
      await repairIndex(key)
      return next
    }
    throw new Error(`The schedule ${key} changes too often to be changed`)
  }

  /** Puts the index right, until it holds: two changes at once may reach it in another order than the record. */
  async function repairIndex(key: string): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const schedule = await get(key)
      const [server = '', channel] = key.split('.')
      // Somebody may have taken the name off before the record was there, and a process may have died since.
      const isNamed = schedule && (await store.members(`scheduled.${server}`)).includes(channel ?? '')
      if (channel && !isNamed) await settleName(server, channel)
      // Also what is deleted: it may be set up again before a process that takes it out of the index has done so and died.
      if (schedule) await store.schedule(index, key, indexed(schedule))
      else await store.unschedule(index, key)
      if ((await get(key))?.version !== schedule?.version) continue
      // Where a process has died that set it up while that person unlinked.
      const by = schedule?.setBy
      if (by && !(await store.members(`schedules.${by}`)).includes(key)) await settleSetter(by, key)
      return
    }
  }

  /** Once a day there is a look, so that the index mends itself where two processes have put it wrong and died. */
  function indexed({ paused, dueAt }: Schedule): number {
    const tomorrow = now() + day
    return paused === null ? Math.min(dueAt, tomorrow) : tomorrow
  }
}
