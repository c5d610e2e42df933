import { createHash } from 'node:crypto'
import { SpotifyDownError } from '../spotify/errors.ts'
import { holdLease, type HeldLease } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import type { CollectOptions } from './collect.ts'
import { coveredFrom, isDone, nextPeriod, roundupIdOf, serverOfKey, withPosted, type Schedule } from './schedule.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'
import type { Schedules } from './schedules.ts'
import type { MessageRef } from './posted-message.ts'
import type { Publisher } from './publishing.ts'
import type { Notice } from './roundup-heads.ts'
import type { RoundupPage } from './roundup-page.ts'

type PeriodOutcome = 'posted' | 'found' | 'silent' | 'closed' | 'refused'

/** What became of a schedule whose time had come. "unreadable": what is stored about it makes no sense. */
export type DeliveryOutcome = PeriodOutcome | 'unreadable'

interface DeliveryDeps {
  readonly store: Store
  readonly schedules: Schedules
  readonly publisher: Publisher
  /** Collects what a server's members saved and keeps its pages under that id; the first of them. */
  collect(server: string, id: string, head: RoundupHead, options: CollectOptions): Promise<RoundupPage>
  /** A page without those who have left. */
  page(server: string, id: string, page: number): Promise<RoundupPage | undefined>
  /** Notes where a roundup is, and lets it be as it is now; `shown` is what is there. */
  recordMessage(id: string, server: string, message: MessageRef, shown?: RoundupPage): Promise<void>
  /** Has the person who set it up told, once for the same `nonce`. */
  notify(server: string, person: string, about: Notice['about'], channel: string, nonce: string): Promise<void>
  now(): number
}

export type RoundupHead = Pick<RoundupPage, 'from' | 'until' | 'late' | 'locale'>

const day = 24 * 60 * 60 * 1000
const closedPeriods = 3
/** How often a post is tried that something in between turns away. */
const mostTries = 3
// Spotify has faults of seconds, and here nobody waits.
const pauses = [10_000, 60_000]
// The roundup of a process that crashed is taken over within this and one search for what is due.
const leaseTime = 30_000
// Long enough to send a request yet.
const margin = 5_000
/** How long a roundup without songs waits for those who could not be asked. */
const patience = 15 * 60 * 1000
/** How late a post may be without saying so. */
export const punctual = 10 * 60 * 1000

/**
 * Delivers the roundup of a schedule if it is due: once for every period, whatever process tries at the same time and
 * wherever another process has died. What became of it; undefined where it is not due, or somebody else has delivered
 * it. Rejects with StoreUnavailableError and the errors of posting; trying again is safe.
 */
export function createDelivery({
  store,
  schedules,
  publisher,
  collect,
  page,
  recordMessage,
  notify,
  now,
}: DeliveryDeps) {
  return async (key: string, ended: AbortSignal): Promise<DeliveryOutcome | undefined> => {
    const time = now()
    const seen = await schedules.read(key)
    if (seen === 'unreadable') {
      await schedules.postpone(key, time + day)
      return 'unreadable'
    }
    if (!seen || seen.paused !== null || seen.dueAt > time) {
      await schedules.repairIndex(key)
      // A clock that was ahead for a while has put it off.
      if (seen?.paused === null && nextPeriod(seen, time).at < seen.dueAt)
        await changeSeen(key, seen, { dueAt: nextPeriod(seen, now()).at })
      return undefined
    }
    const period = periodBefore(time, seen)
    if (period.at < seen.dueAt || isDone(period, seen)) {
      // Somewhere the rules for clocks have changed since that time was noted.
      await changeSeen(key, seen, { dueAt: nextPeriod(seen, now()).at })
      return undefined
    }
    // One for all kinds, since a post of another kind would show the same days; 0.1.0 holds that of the period.
    const names = [`roundup.${key}`, `roundup.${key}.${period.label}`]
    await using lease = await holdLease(store, names, leaseTime, { margin, ended, clock: { wall: now } })
    if (!lease) return undefined
    // Somebody may have delivered it just before.
    if ((await schedules.get(key))?.version !== seen.version) return undefined
    const outcome = await publish(key, seen, period, lease)
    if (outcome) await finish(key, seen, period, outcome)
    return outcome
  }

  /** Undefined where somebody has changed the schedule since it was seen. */
  function changeSeen(key: string, { version }: Schedule, changes: Partial<Schedule>) {
    return schedules.change(key, (current) => (current.version === version ? { ...current, ...changes } : undefined))
  }

  /**
   * Puts the roundup of a period into its channel, or finds it there. Everything before the post can be done again;
   * what was announced is looked for before it is posted again. Undefined where the schedule has been changed meanwhile.
   */
  async function publish(key: string, schedule: Schedule, { label, at }: SchedulePeriod, lease: HeldLease) {
    const { channel, posting, skipEmpty, hideExplicit, locale } = schedule
    const { signal } = lease
    const [server, id] = [serverOfKey(key), roundupIdOf(key, label)]
    if (posting) {
      const posted = roundupIdOf(key, posting.label)
      const found = await publisher.find(posting.channel, posted, posting.after, signal)
      // Where 0.1.0 was told of another channel since, that one decides.
      if (found === 'closed' && posted === id && posting.channel === channel) return 'closed'
      const isLost = found === 'turned away' && (await turnedAway(key, posting.label)) === 'refused'
      if (isLost && posted === id) return 'refused'
      if (typeof found === 'object') {
        await recordMessage(posted, server, found)
        if (posted === id) return 'found'
        // An earlier period that nobody has noted: what is due goes on from where it ended.
        const coveredUntil = Math.max(schedule.coveredUntil ?? 0, posting.until ?? 0) || null
        await changeSeen(key, schedule, { ...withPosted(schedule, posting.label), coveredUntil })
        return undefined
      }
    }
    const announced = posting?.label === label ? posting : undefined
    const from = coveredFrom(schedule, at)
    const head = { from, until: at, late: now() - at > punctual ? at : null, locale }
    const kept = announced?.hideExplicit === hideExplicit ? await page(server, id, 1) : undefined
    const isGood = kept?.late === head.late && kept.until === at && kept.from === from && kept.locale === locale
    const first = isGood ? kept : await collect(server, id, head, { asOf: at, pauses, signal, hideExplicit })
    // A week in which nobody could be asked is no quiet week.
    if (first.rows.length === 0 && first.missed > 0 && now() - at < patience)
      throw new SpotifyDownError('Spotify sent no songs of those who could be asked')
    if (skipEmpty && first.rows.length === 0 && first.missed === 0) return 'silent'

    // A post of a process that has died may arrive yet, so the search begins where its own would have.
    const newest = announced?.channel === channel ? { id: announced.after } : await publisher.newest(channel, signal)
    if (newest === 'closed') return 'closed'
    const tries = announced?.channel === channel ? announced.tries : 0
    const announcement = { posting: { label, channel, after: newest.id, tries, until: at, hideExplicit } }
    if (!(await changeSeen(key, schedule, announcement))) return undefined
    lease.check()
    const message = await publisher.post(channel, first, nonceOf(id), signal).catch((error: unknown) => {
      lease.leave()
      throw error
    })
    if (message === 'turned away') return turnedAway(key, label)
    if (message === 'closed' || message === 'refused') return message
    if (message !== 'gone') await recordMessage(id, server, message, first)
    return 'posted'
  }

  /** Counted for all processes. Whatever says so may be gone the next time, and the third time it is believed. */
  async function turnedAway(key: string, label: string): Promise<'refused'> {
    const after = await schedules.change(key, (current) => {
      const { posting } = current
      return posting?.label === label ? { ...current, posting: { ...posting, tries: posting.tries + 1 } } : undefined
    })
    if ((after?.posting?.tries ?? 0) >= mostTries) return 'refused'
    throw new Error('Something between here and Discord turned a roundup away')
  }

  /** The period is over, whatever came of it, and the next one is due. */
  async function finish(key: string, seen: Schedule, period: SchedulePeriod, outcome: PeriodOutcome) {
    const { label, at } = period
    const { channel } = seen
    const failed = outcome === 'closed' || outcome === 'refused' ? outcome : null
    const givesUp = ({ closed, channel: chosen }: Schedule): boolean =>
      failed !== null && closed + 1 >= closedPeriods && chosen === channel
    // Somebody may have changed it while it was tried.
    const latest = (await schedules.get(key)) ?? seen
    const about = givesUp(latest)
      ? failed === 'refused'
        ? 'paused refused'
        : 'paused'
      : failed === 'refused' && failed
    const nonce = nonceOf(`${roundupIdOf(key, label)}-closed`)
    // Before it is noted, so that a process that dies in between does not leave them in the dark.
    if (about && latest.setBy !== null) await notify(serverOfKey(key), latest.setBy, about, channel, nonce)
    await schedules.change(key, (current) => {
      const { posting } = current
      if (isDone(period, current) && posting?.label !== label) return undefined
      const closed = failed ? current.closed + 1 : outcome === 'silent' ? current.closed : 0
      const paused = current.paused ?? (givesUp(current) ? 'channel closed' : null)
      // What was found may have been posted at another time of that week. What nobody has seen comes with the next one.
      const until = outcome === 'found' ? (posting?.until ?? at) : at
      const coveredUntil = failed ? (current.coveredUntil ?? coveredFrom(seen, at)) : until
      const progress = { ...current, ...withPosted(current, label), coveredUntil }
      const dueAt = nextPeriod(progress, Math.max(now(), at)).at
      return { ...progress, closed, failed, paused, dueAt }
    })
  }
}

/** At most 25 characters, the same for the same text. */
export function nonceOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 25)
}
