import type { Accounts } from '../accounts/accounts.ts'
import type { Library } from '../library/library.ts'
import type { Store } from '../store/store.ts'
import { collect, type Collection, type Progress, type TimeRange } from './collect.ts'
import type { Publisher } from './publish.ts'
import { deliver } from './deliver.ts'
import type { DeliveryDeps, DeliveryOutcome } from './publish.ts'
import type { RoundupRow } from './digest.ts'
import { createDueRunner, type Report } from './due.ts'
import { createMembers } from './members.ts'
import { createSchedules, renewed, type Schedule, type Settings } from './schedules.ts'
import { createStoredRoundups, onlyOf, type MessageRef, type RoundupPage } from './stored-roundup.ts'

export type { Publisher, DeliveryOutcome, MessageRef, Progress, RoundupRow, Schedule, Settings, RoundupPage }

/** What is stored about a person for roundups. */
export type RoundupsOf = {
  readonly takesPartIn: readonly string[]
  readonly shown: readonly { readonly server: string; readonly uri: string; readonly title: string }[]
  readonly setUp: readonly string[]
}

/** What a server's members have been saving, for those who take part. People and servers are Discord ids. */
export interface Roundups {
  /** Rejects with NotLinkedError for somebody without a link. */
  join(person: string, server: string): Promise<void>
  /** Also takes the person out of the roundups of the last week; false for somebody who takes no part. */
  leave(person: string, server: string): Promise<boolean>
  takesPart(person: string, server: string): Promise<boolean>
  servers(person: string): Promise<string[]>
  /** How many take part. */
  members(server: string): Promise<number>
  /** Collects what was saved in the last days, under an id of the caller's choice. */
  collect(server: string, id: string, days: number, progress: (progress: Progress) => void): Promise<RoundupPage>
  /** A page of a roundup, from 1, with nobody on it who takes part no more; undefined when its week is over. */
  page(id: string, page: number): Promise<RoundupPage | undefined>
  /** The page as it is now, where somebody has left since; else undefined. */
  changed(shown: RoundupPage): Promise<RoundupPage | undefined>
  /** Notes where a roundup stands, so that it changes when somebody leaves. */
  placed(sheet: RoundupPage, place: MessageRef): Promise<void>
  schedule(server: string): Promise<Schedule | undefined>
  setUp(server: string, settings: Settings, by: string): Promise<Schedule>
  /** Undefined where no schedule is. */
  pause(server: string): Promise<Schedule | undefined>
  resume(server: string): Promise<Schedule | undefined>
  /** Delivers whatever is due. `report` is told what came of each; a failure is tried again the next time. */
  deliverDue(report: Report, signal: AbortSignal): Promise<void>
  /** Deletes everything about a person. */
  forget(person: string): Promise<void>
  about(person: string): Promise<RoundupsOf>
}

const day = 24 * 60 * 60 * 1000
// Spotify has faults of seconds.
const shortPause = 2_000
const weeklyPauses = [10_000, 60_000]

export function createRoundups(
  store: Store,
  library: Pick<Library, 'since'>,
  accounts: Pick<Accounts, 'get'>,
  courier: Publisher,
  now: () => number = Date.now,
): Roundups {
  const members = createMembers(store)
  const schedules = createSchedules(store, now)
  const sheets = createStoredRoundups(store, now)
  const gather = (people: readonly string[], span: TimeRange, signal: AbortSignal): Promise<Collection> =>
    collect(library, people, span, { asOf: span.until, pauses: weeklyPauses, signal })
  const rooms: DeliveryDeps = {
    store,
    members,
    schedules,
    sheets,
    collect: gather,
    write,
    page,
    recordMessage: placed,
    now,
  }

  const roundups: Roundups = {
    async join(person, server) {
      await accounts.get(person)
      await members.add(person, server)
      try {
        // Looked at after joining: an unlink either finds the membership or leaves no link here.
        await accounts.get(person)
      } catch (error) {
        await members.remove(person, server)
        await members.removeIndex(person, server)
        throw error
      }
    },
    async leave(person, server) {
      const took = await roundups.takesPart(person, server)
      await members.remove(person, server)
      const changed = await sheets.removeMember(person, server)
      await members.removeIndex(person, server)
      // Nobody who leaves waits for Discord.
      for (const { sheet, place } of changed) void courier.update(place, sheet)
      return took
    },
    takesPart: async (person, server) => (await members.servers(person)).includes(server),
    servers: members.servers,
    members: async (server) => (await members.list(server)).length,
    async collect(server, id, days, progress) {
      const span = { from: now() - days * day, until: now() }
      const { signal } = new AbortController()
      const collection = await collect(library, await members.list(server), span, {
        progress,
        pauses: [shortPause],
        signal,
      })
      return write(server, id, collection, { ...span, late: null })
    },
    page,
    changed,
    placed: (sheet, place) => placed(sheet.id, sheet.server, place, sheet),
    schedule: schedules.get,
    setUp: schedules.setUp,
    pause: (server) => schedules.change(server, (schedule) => ({ ...schedule, paused: 'by somebody' })),
    async resume(server) {
      const schedule = await schedules.get(server)
      // What runs may have a post due, which is not to be lost.
      if (!schedule || schedule.paused === null) return schedule
      return schedules.change(server, (current) => renewed(current, now()))
    },
    deliverDue: createDueRunner(schedules, (server, ended) => deliver(server, rooms, courier, ended), now),
    async forget(person) {
      for (const server of await members.servers(person)) await roundups.leave(person, server)
      await schedules.removeSetter(person)
    },
    async about(person) {
      const [takesPartIn, setUp] = await Promise.all([members.servers(person), schedules.setBy(person)])
      const shown = []
      for (const server of takesPartIn) {
        const rows = await sheets.rowsOf(person, server)
        shown.push(...rows.map(({ song }) => ({ server, uri: song.uri, title: song.title })))
      }
      return { takesPartIn, shown, setUp }
    },
  }
  return roundups

  async function page(id: string, page: number): Promise<RoundupPage | undefined> {
    const sheet = await sheets.read(id, page)
    if (!sheet) return undefined
    const people = new Set(await members.list(sheet.server))
    return onlyOf(sheet, (person) => people.has(person))
  }

  async function placed(id: string, server: string, place: MessageRef, shown: RoundupPage | undefined): Promise<void> {
    const standing = await sheets.recordMessage(id, server, place)
    // Somebody who had been stopped for long has posted it a second time.
    if (standing.message !== place.message) return courier.remove(place)
    // Whoever has left since it was collected found no place to change.
    const current = shown ? await changed(shown) : await page(id, 1)
    if (current) await courier.update(place, current)
  }

  async function changed(shown: RoundupPage): Promise<RoundupPage | undefined> {
    const current = await page(shown.id, shown.page)
    return JSON.stringify(current?.rows) === JSON.stringify(shown.rows) ? undefined : current
  }

  /** Who has left while it was collected does not stand on it, and whoever leaves while it is written is struck. */
  async function write(
    server: string,
    id: string,
    { digest, missing }: Collection,
    head: TimeRange & Pick<RoundupPage, 'late'>,
  ): Promise<RoundupPage> {
    const people = new Set(await members.list(server))
    const missed = missing.filter((person) => people.has(person))
    const counts = { members: people.size, missing: missed.slice(0, 10), missed: missed.length }
    const first = await sheets.write({ id, server, ...head, ...counts }, digest.rows(people))
    const after = new Set(await members.list(server))
    const gone = [...people].filter((person) => !after.has(person))
    for (const person of gone) await sheets.removeMember(person, server)
    return onlyOf(first, (person) => after.has(person))
  }
}
