import type { Accounts } from '../accounts/accounts.ts'
import { runEach } from '../concurrency.ts'
import type { Crypto } from '../crypto.ts'
import type { Library } from '../library/library.ts'
import type { Store } from '../store/store.ts'
import type { Progress } from './collect.ts'
import { createDepartures, type Departed } from './departures.ts'
import { createDelivery, punctual, type DeliveryOutcome } from './deliver.ts'
import type { RoundupRow } from './digest.ts'
import { createDueRunner } from './due.ts'
import { createEnded } from './ended.ts'
import { createJoining } from './joining.ts'
import { createMembers } from './members.ts'
import { isDeleted, resumed, roundupIdOf, type Schedule, type Settings } from './schedule.ts'
import { createSchedules } from './schedules.ts'
import { createNotices } from './notices.ts'
import type { NoticeContent, Publisher } from './publishing.ts'
import { createPurge } from './purge.ts'
import { createRemovals } from './removals.ts'
import type { MessageRef } from './posted-message.ts'
import { createRoundupHeads, removalsIndex } from './roundup-heads.ts'
import { createRoundupPages, leftOf } from './roundup-pages.ts'
import { createUses } from './uses.ts'
import type { PersonPage, RoundupPage } from './roundup-page.ts'
import { createStoredRoundups } from './stored-roundup.ts'

export type { Publisher, DeliveryOutcome, NoticeContent, MessageRef, RoundupRow, Schedule, Settings }
export type { PersonPage, RoundupPage }

const day = 24 * 60 * 60 * 1000

type Chosen = Partial<Pick<Schedule, 'hideExplicit' | 'locale'>>
type Pause = Partial<Pick<Schedule, 'paused' | 'failed' | 'closed'>>

/** What a server's members have been saving, for those who have joined. People and servers are Discord ids. */
export type Roundups = ReturnType<typeof createRoundups>

export function createRoundups(
  store: Store,
  library: Pick<Library, 'since'>,
  accounts: Pick<Accounts, 'get'>,
  publisher: Publisher,
  crypto: Omit<Crypto, 'isCurrent'>,
  now: () => number = Date.now,
  departed: Departed = { isGone: async () => false, endDeparted: async () => true },
) {
  const schedules = createSchedules(store, now)
  const heads = createRoundupHeads(store, now)
  const storedRoundups = createStoredRoundups(store, heads, (...of) => members.decides(...of), now)
  const members = createMembers(store, {
    announce: (server) => store.schedule(removalsIndex, server, now()),
    takeOut: (person, server) => purging.takeOut(person, server),
  })
  const { servers, takesPart } = members
  const departures = createDepartures(store, schedules, members, departed, now)
  const uses = createUses(store, heads, crypto, now)
  const notices = createNotices(heads, publisher, crypto, now, localeOf)
  const purging = createPurge({ heads, storedRoundups, members, publisher, notices, now })
  const { purge } = purging
  const ends = createEnded(store, accounts, now)
  const pagesOf = createRoundupPages({ library, storedRoundups, members, departures, departed, ends })
  const { collectPages, page, personPage, changed } = pagesOf
  const removals = createRemovals({ store, heads, members, publisher, notices, purge, page, locate, now })
  const joining = { store, accounts, crypto, members, ends, startRemovals: removals.start, now }
  const { news, ...membership } = createJoining(joining)
  const posting = { collect: collectPages, page, recordMessage, notify: notices.add }
  const deliver = createDelivery({ store, schedules, publisher, ...posting, now })

  return {
    ...membership,
    takesPart,
    /** Whether they agreed to be shown with everything, and not only as 0.1.0 told. */
    showsAll: members.showsAll,
    servers,
    /** How many have joined. */
    members: async (server: string) => (await members.list(server)).length,
    /** Who has joined. */
    people: members.list,
    claimNow: uses.claim,
    /** Collects what was saved in the last days, under an id of the caller's choice. */
    collect(server: string, id: string, days: number, progress: Progress, chosen: Chosen = {}): Promise<RoundupPage> {
      const { hideExplicit = false, locale } = chosen
      const head = { from: now() - days * day, until: now(), late: null, locale }
      // Spotify has faults of seconds.
      const { signal } = new AbortController()
      return collectPages(server, id, head, { progress, pauses: [2_000], hideExplicit, signal })
    },
    page,
    personPage,
    changed,
    /** Notes where a roundup is, so that it changes when somebody leaves. */
    recordMessage: (page: RoundupPage, message: MessageRef) => recordMessage(page.id, page.server, message, page),
    /** By its key: a server has its first one under its own id. */
    schedule: schedules.get,
    /** Those of a server, each with a channel of its own. */
    schedules: async (server: string) => [...(await schedules.list(server)).values()],
    setUp: schedules.setUp,
    /** Undefined where no such schedule is, and without a channel where there are several. */
    async pause(server: string, channel?: string, why: Pause = { paused: 'by somebody' }) {
      const [key, schedule] = await scheduleOf(server, channel)
      return schedule && schedules.change(key, (current) => (isDeleted(current) ? undefined : { ...current, ...why }))
    },
    /** On the same terms. */
    async resume(server: string, channel?: string): Promise<Schedule | undefined> {
      const [key, schedule] = await scheduleOf(server, channel)
      // What runs may have a post due, which is not to be lost.
      if (!schedule || schedule.paused === null) return schedule
      return schedules.change(key, (current) => (isDeleted(current) ? undefined : resumed(current, now())))
    },
    /** Changes the language of what is posted, on the same terms. */
    async setLocale(server: string, channel: string, locale: string): Promise<Schedule | undefined> {
      const [key, schedule] = await scheduleOf(server, channel)
      return schedule && schedules.change(key, (current) => (isDeleted(current) ? undefined : { ...current, locale }))
    },
    /** On the same terms. */
    async deleteSchedule(server: string, channel: string): Promise<Schedule | undefined> {
      const [key, schedule] = await scheduleOf(server, channel)
      return schedule && schedules.remove(key)
    },
    /** Delivers whatever is due. `report` is told what came of each; a failure is tried again the next time. */
    deliverDue: createDueRunner(schedules, deliver, now),
    /** How many should have been posted by now, the last ten minutes aside; a thousand at most. */
    overdue: async () => (await schedules.due(now() - punctual, 1_000)).length,
    /** Goes on with what is still to be changed in the chat or told; waits a moment for it. */
    async runRemovals(ended: AbortSignal): Promise<void> {
      await runEach([news.refresh, () => removals.runDue(ended)])
    },
    lookAhead: departures.lookAhead,
    /** Deletes everything about a person. */
    async forget(person: string): Promise<void> {
      // At once, also where they have left lately.
      for (const server of await membership.leaveAll(person)) await purging.purge(server)
      await schedules.removeSetter(person)
      await uses.forget(person)
      await news.forgetAll(person)
      await ends.forget(person)
    },
    async about(person: string) {
      const own = [servers(person), members.left(person), schedules.setBy(person), uses.of(person)] as const
      const others = [news.serversOf(person), ends.of(person)] as const
      const [takesPartIn, left, setUp, used, removedFrom, saidEnded] = await Promise.all([...own, ...others])
      const shown = []
      for (const server of left) {
        const rows = await storedRoundups.rowsOf(person, server)
        shown.push(...rows.map(({ song }) => ({ server, uri: song.uri, title: song.title })))
      }
      const isAll = await Promise.all(takesPartIn.map((server) => members.showsAll(person, server)))
      const showsAllIn = takesPartIn.filter((_, index) => isAll[index])
      const leaving = left.filter((server) => !takesPartIn.includes(server))
      const asked = used.map((at) => new Date(at).toISOString())
      return { takesPartIn, showsAllIn, leaving, removedFrom, saidEnded, shown, setUp, asked }
    },
  }

  async function recordMessage(id: string, server: string, message: MessageRef, shown?: RoundupPage): Promise<void> {
    const known = await storedRoundups.recordMessage(server, id, message)
    // Somebody who had been stopped for long has posted it a second time.
    if (known?.message !== message.message) return publisher.remove(message)
    // For those who have left since it was collected there was no message to change.
    const current = shown ? await changed(shown) : await page(server, id, 1)
    await ends.count((shown ?? current)?.ended ?? [], id)
    await removals.check(server, known, current && leftOf(shown, current))
    removals.start(server)
  }

  /** Of somebody who is linked. */
  function localeOf(person: string): Promise<string | undefined> {
    return accounts.get(person).then(
      ({ locale }) => locale,
      () => undefined,
    )
  }

  /** The one of that channel; without a channel the only one. */
  async function scheduleOf(server: string, channel?: string): Promise<readonly [string, Schedule | undefined]> {
    const all = [...(await schedules.list(server))]
    const found = all.filter(([, schedule]) => channel === undefined || schedule.channel === channel)
    return found.length === 1 && found[0] ? found[0] : ['', undefined]
  }

  /** Somebody may have changed or deleted the schedule before it was looked for. */
  async function locate(server: string, signal: AbortSignal): Promise<void> {
    for (const [key, { posting }] of await schedules.list(server, true)) {
      if (!posting) continue
      const id = roundupIdOf(key, posting.label)
      const found = await publisher.find(posting.channel, id, posting.after, signal)
      if (typeof found === 'object') await recordMessage(id, server, found)
    }
  }
}
