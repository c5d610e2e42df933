import type { Store } from '../store/store.ts'
import type { createMembers } from './members.ts'
import { serverOfKey } from './schedule.ts'
import type { Schedules } from './schedules.ts'

/** Who has left which server, as far as Discord says so. */
export interface Departed {
  /** Within two seconds. */
  isGone(person: string, server: string): Promise<boolean>
  /**
   * Ends what those of these people have allowed who have left. "at once" gives up after half a minute, and "the rest"
   * leaves out those who were there lately; "ahead" takes its time. Whether Discord has spoken of all of them.
   */
  endDeparted(
    server: string,
    people: readonly string[],
    pace: 'at once' | 'the rest at once' | 'ahead',
  ): Promise<boolean>
}

const minute = 60 * 1000
const ahead = 30 * minute
// So many are asked about in a moment.
const few = 50
// Five in each of so many servers.
const mostSchedules = 1_000
const kind = 'departures'

/** Who has left a server is in none of its roundups, and no post is late because of the asking. */
export function createDepartures(
  store: Store,
  schedules: Schedules,
  members: ReturnType<typeof createMembers>,
  { endDeparted }: Pick<Departed, 'endDeparted'>,
  now: () => number,
) {
  return {
    /** To be called with those who would be shown; for many of them once in a while is enough. */
    async endAmong(people: readonly string[], server: string): Promise<void> {
      const isLarge = people.length > few
      if (isLarge && (await store.get(kind, server)) === 'asked') return
      const isDone = await endDeparted(server, people, isLarge ? 'the rest at once' : 'at once')
      if (isLarge && isDone) await store.set(kind, server, 'asked', ahead)
    },
    /** Asks about everybody in the large servers whose roundups are due soon; one process does it for all. */
    async lookAhead(signal: AbortSignal): Promise<void> {
      for (const key of await schedules.due(now() + ahead, mostSchedules)) {
        if (signal.aborted) return
        const server = serverOfKey(key)
        const schedule = await schedules.get(key)
        // The index may be early.
        const isDue = schedule?.paused === null && schedule.dueAt <= now() + ahead
        if (!isDue || !(await store.create(kind, server, 'being asked', ahead))) continue
        const people = await members.list(server)
        if (people.length <= few) continue
        // Whom Discord has not spoken of is asked about again when it is collected.
        if (await endDeparted(server, people, 'ahead')) await store.set(kind, server, 'asked', ahead)
      }
    },
  }
}
