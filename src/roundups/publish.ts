import type { Store } from '../store/store.ts'
import type { Collection, TimeRange } from './collect.ts'
import type { Members } from './members.ts'
import type { Schedules } from './schedules.ts'
import type { StoredRoundups } from './stored-roundup.ts'
import { createHash } from 'node:crypto'
import type { HeldLease } from '../store/held-lease.ts'
import type { Schedule } from './schedules.ts'
import type { MessageRef, RoundupPage } from './stored-roundup.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'

/** What became of a server whose time had come. "unreadable": what is stored about it makes no sense. */
export type DeliveryOutcome = 'posted' | 'found' | 'silent' | 'closed' | 'unreadable' | 'not due'

export interface DeliveryDeps {
  readonly store: Store
  readonly members: Members
  readonly schedules: Schedules
  readonly sheets: StoredRoundups
  collect(members: readonly string[], span: TimeRange, signal: AbortSignal): Promise<Collection>
  /** Keeps the pages of what was collected. */
  write(
    server: string,
    id: string,
    collection: Collection,
    head: TimeRange & Pick<RoundupPage, 'late'>,
  ): Promise<RoundupPage>
  /** The first page with nobody on it who takes part no more. */
  page(id: string, page: number): Promise<RoundupPage | undefined>
  /** Notes where it stands, and lets it be as it is now; `shown` is what stands there. */
  recordMessage(id: string, server: string, place: MessageRef, shown: RoundupPage | undefined): Promise<void>
  now(): number
}

/** "overtaken": the schedule has been changed meanwhile. */
export type PublishOutcome = Exclude<DeliveryOutcome, 'unreadable' | 'not due'> | 'overtaken'

/** How late a post may be without saying so. */
const punctual = 10 * 60 * 1000

/**
 * Puts the roundup of a period into its channel, or finds it there. Everything before the post can be done again;
 * what was announced is looked for before it is posted again.
 */
export async function publish(
  server: string,
  schedule: Schedule,
  period: SchedulePeriod,
  rooms: DeliveryDeps,
  courier: Publisher,
  lease: HeldLease,
): Promise<PublishOutcome> {
  const { channel, posting, skipEmpty } = schedule
  const id = `${period.label}-${server}`
  const announced = posting?.label === period.label ? posting : undefined
  if (announced) {
    const found = await courier.find(announced.channel, id, announced.after, lease.signal)
    // Where somebody has chosen another channel since, that one decides.
    if (found === 'closed' && announced.channel === channel) return 'closed'
    if (found && found !== 'closed') {
      await rooms.recordMessage(id, server, found, undefined)
      return 'found'
    }
  }
  const late = rooms.now() - period.at > punctual ? period.at : null
  const kept = announced && (await rooms.page(id, 1))
  const isGood = kept?.late === late && kept.until === period.at
  const sheet = isGood ? kept : await gather(server, id, schedule, { period, late }, rooms, lease)
  if (skipEmpty && sheet.rows.length === 0 && sheet.missed === 0) return 'silent'

  // A post of somebody who has died may arrive yet, so the search begins where theirs would have.
  const newest = announced?.channel === channel ? { id: announced.after } : await courier.newest(channel, lease.signal)
  if (newest === 'closed') return 'closed'
  if (!(await announce(server, schedule, { label: period.label, channel, after: newest.id }, rooms))) return 'overtaken'
  lease.check()
  const place = await courier.post(channel, sheet, nonceOf(id), lease.signal).catch((error: unknown) => {
    lease.leave()
    throw error
  })
  if (place === 'closed') return 'closed'
  if (place !== 'gone') await rooms.recordMessage(id, server, place, sheet)
  return 'posted'
}

/** At most 25 characters, the same for the same text. */
export function nonceOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 25)
}

async function gather(
  server: string,
  id: string,
  schedule: Schedule,
  { period, late }: { readonly period: SchedulePeriod; readonly late: number | null },
  { members, collect, write }: DeliveryDeps,
  { signal }: HeldLease,
): Promise<RoundupPage> {
  const span = { from: periodBefore(period.at - 1, schedule).at, until: period.at }
  return write(server, id, await collect(await members.list(server), span, signal), { ...span, late })
}

/** False when somebody has changed the schedule meanwhile. */
async function announce(
  server: string,
  { version }: Schedule,
  posting: NonNullable<Schedule['posting']>,
  { schedules }: DeliveryDeps,
): Promise<boolean> {
  const marked = await schedules.change(server, (current) =>
    current.version === version ? { ...current, posting } : undefined,
  )
  return marked !== undefined
}

/** A channel that is gone, or that may not be posted to. */
type Closed = 'closed'

/** What carries roundups to the chat. Ids of messages rise with the time of the chat, whatever the time is here. */
export interface Publisher {
  /** The id of the newest message in a channel, "0" without any. */
  newest(channel: string, signal: AbortSignal): Promise<{ readonly id: string } | Closed>
  /**
   * Puts the first page of a roundup into a channel, once for the same `nonce` within minutes. "gone": that has
   * happened, and somebody has deleted it since. Rejects when nobody knows whether it has arrived.
   */
  post(channel: string, sheet: RoundupPage, nonce: string, signal: AbortSignal): Promise<MessageRef | Closed | 'gone'>
  /** Looks for that roundup among what has been posted after a message. */
  find(channel: string, id: string, after: string, signal: AbortSignal): Promise<MessageRef | Closed | undefined>
  /** Shows a page of it as it is now. Never rejects. */
  update(place: MessageRef, sheet: RoundupPage): Promise<void>
  /** Takes away one that stands there a second time. Never rejects. */
  remove(place: MessageRef): Promise<void>
  /** Tells whoever set it up that the channel is closed to it, once for the same `nonce` within minutes. Never rejects. */
  notify(person: string, channel: string, nonce: string): Promise<void>
}
