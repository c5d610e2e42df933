import { createHash } from 'node:crypto'
import type { HeldLease } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'
import type { Schedule, Schedules } from './schedules.ts'
import type { MessageRef, RoundupPage } from './stored-roundup.ts'

/** What became of a server whose time had come. "unreadable": what is stored about it makes no sense. */
export type DeliveryOutcome = 'posted' | 'found' | 'silent' | 'closed' | 'unreadable' | 'not due'

export interface DeliveryDeps {
  readonly store: Store
  readonly schedules: Schedules
  readonly publisher: Publisher
  /** Collects what a server's members saved and keeps its pages under that id; the first of them. */
  collect(server: string, id: string, head: RoundupHead, signal: AbortSignal): Promise<RoundupPage>
  /** A page with nobody on it who takes part no more. */
  page(id: string, page: number): Promise<RoundupPage | undefined>
  /** Notes where a roundup is, and lets it be as it is now; `shown` is what is there. */
  recordMessage(id: string, server: string, message: MessageRef, shown?: RoundupPage): Promise<void>
  now(): number
}

export type RoundupHead = Pick<RoundupPage, 'from' | 'until' | 'late'>

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
  { schedules, publisher, collect, page, recordMessage, now }: DeliveryDeps,
  lease: HeldLease,
): Promise<PublishOutcome> {
  const { channel, posting, skipEmpty, version } = schedule
  const { label, at } = period
  const id = `${label}-${server}`
  const announced = posting?.label === label ? posting : undefined
  if (announced) {
    const found = await publisher.find(announced.channel, id, announced.after, lease.signal)
    // Where somebody has chosen another channel since, that one decides.
    if (found === 'closed' && announced.channel === channel) return 'closed'
    if (found && found !== 'closed') {
      await recordMessage(id, server, found)
      return 'found'
    }
  }
  const head = { from: periodBefore(at - 1, schedule).at, until: at, late: now() - at > punctual ? at : null }
  const kept = announced && (await page(id, 1))
  const isGood = kept?.late === head.late && kept.until === at
  const first = isGood ? kept : await collect(server, id, head, lease.signal)
  if (skipEmpty && first.rows.length === 0 && first.missed === 0) return 'silent'

  // A post of a process that has died may arrive yet, so the search begins where its own would have.
  const newest =
    announced?.channel === channel ? { id: announced.after } : await publisher.newest(channel, lease.signal)
  if (newest === 'closed') return 'closed'
  const announcement = await schedules.change(server, (current) =>
    current.version === version ? { ...current, posting: { label, channel, after: newest.id } } : undefined,
  )
  if (!announcement) return 'overtaken'
  lease.check()
  const message = await publisher.post(channel, first, nonceOf(id), lease.signal).catch((error: unknown) => {
    lease.leave()
    throw error
  })
  if (message === 'closed') return 'closed'
  if (message !== 'gone') await recordMessage(id, server, message, first)
  return 'posted'
}

/** At most 25 characters, the same for the same text. */
export function nonceOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 25)
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
  post(channel: string, page: RoundupPage, nonce: string, signal: AbortSignal): Promise<MessageRef | Closed | 'gone'>
  /** Looks for that roundup among what has been posted after a message. */
  find(channel: string, id: string, after: string, signal: AbortSignal): Promise<MessageRef | Closed | undefined>
  /** Shows a page of it as it is now. Never rejects. */
  update(message: MessageRef, page: RoundupPage): Promise<void>
  /** Takes away one that is there a second time. Never rejects. */
  remove(message: MessageRef): Promise<void>
  /** Tells the person who set it up that the channel is closed to it, once for the same `nonce` within minutes. Never rejects. */
  notify(person: string, channel: string, nonce: string): Promise<void>
}
