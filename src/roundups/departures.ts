import type { Store } from '../store/store.ts'
import type { createMembers } from './members.ts'
import type { Schedules } from './schedules.ts'

/**
 * Ends what those of these people have allowed who have left the server, as far as Discord says so. "at once" gives up
 * on the rest after half a minute, "ahead" takes its time. Whether it was asked about all of them.
 */
export type EndDeparted = (server: string, people: readonly string[], pace: 'at once' | 'ahead') => Promise<boolean>

const minute = 60 * 1000
const ahead = 30 * minute
// So many are asked about in a moment.
const few = 50
const mostServers = 200
const kind = 'departures'

/** Who has left a server is in none of its roundups, and no post is late because of the asking. */
export function createDepartures(
  store: Store,
  schedules: Schedules,
  members: ReturnType<typeof createMembers>,
  endDeparted: EndDeparted,
  now: () => number,
) {
  return {
    /** To be called with those who would be shown; for many of them once in a while is enough. */
    async endAmong(people: readonly string[], server: string): Promise<void> {
      const isLarge = people.length > few
      if (isLarge && (await store.get(kind, server)) === 'asked') return
      const isDone = await endDeparted(server, people, 'at once')
      if (isLarge && isDone) await store.set(kind, server, 'asked', ahead)
    },
    /** Asks about everybody in the large servers whose roundups are due soon; one process does it for all. */
    async lookAhead(signal: AbortSignal): Promise<void> {
      for (const server of await schedules.due(now() + ahead, mostServers)) {
        if (signal.aborted) return
        const schedule = await schedules.get(server)
        // The index may be early.
        const isDue = schedule?.paused === null && schedule.dueAt <= now() + ahead
        if (!isDue || !(await store.create(kind, server, 'being asked', ahead))) continue
        const people = await members.list(server)
        if (people.length <= few) continue
        await endDeparted(server, people, 'ahead')
        await store.set(kind, server, 'asked', ahead)
      }
    },
  }
}
