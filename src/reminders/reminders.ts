import { randomInt } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import { NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { noRemindersKind, remindedKind, remindersIndex, reminderTimes } from '../accounts/reminder-times.ts'
import type { Store, Versioned } from '../store/store.ts'

/** What has become of the reminders of one connection. */
interface RemindersSent {
  /** The id of the link. */
  readonly link: string
  /** How many are over, sent or not. */
  readonly done: number
  /** The one that may be in the conversation already, in front of everything after this message. */
  readonly posting: { readonly number: number; readonly channel: string; readonly after: string } | null
  /** How often Discord has said "not now", and until when the person is left alone. */
  readonly tries: number
  readonly notBefore: number
  /** The last one that was sent. */
  readonly message: string | null
}

const mostTries = 100
const day = 24 * 60 * 60 * 1000
// A connection that Spotify has refused comes back until then, or is gone.
const undecided = 15 * 60 * 1000

/** Who is told that their connection ends, and what they were told. People are Discord ids. */
export type Reminders = ReturnType<typeof createReminders>

export function createReminders(
  store: Store,
  accounts: Pick<Accounts, 'findEvenIfEnded' | 'consentEnds'>,
  now: () => number = Date.now,
) {
  const isOff = async (person: string) => (await store.get(noRemindersKind, person)) !== undefined

  return {
    isOff,
    /** Rejects with NotLinkedError for somebody who gets none anyway. */
    async set(person: string, isOn: boolean): Promise<void> {
      if (isOn) await store.delete(noRemindersKind, person)
      else await store.set(noRemindersKind, person, true)
      await settle(person)
      // Written, then looked at: an unlink has deleted it, or it goes here.
      if (await accounts.findEvenIfEnded(person)) return
      await store.delete(noRemindersKind, person)
      throw new NotLinkedError()
    },
    /** All that is stored about them. */
    async about(person: string) {
      const [off, record] = await Promise.all([isOff(person), stored(person)])
      return { directMessages: off ? 'off' : 'on', ofThisConnection: record ?? null } as const
    },
    due: (limit: number) => store.due(remindersIndex, now(), limit),
    of,
    change,
    settle,
    living,
  }

  /** The number of the reminder that is due, from 1, or the time of the next one; neither without one. */
  function next(link: Link, { done, notBefore }: RemindersSent): { number?: number; at?: number } {
    const times = reminderTimes(link)
    const index = times.findIndex(({ until }, index) => index >= done && until > now())
    const from = times[index]?.from
    if (from === undefined) return {}
    const at = Math.max(from, notBefore)
    return at > now() ? { at } : { number: index + 1, at }
  }

  /** What has become of them so far, and what is next. */
  async function of(person: string, link: Link) {
    const record = await stored(person)
    const sent = record?.link === link.id ? record : noneOf(link)
    return { sent, ...next(link, sent) }
  }

  /** Changes what is noted of the link as it is at that moment; undefined where it was not changed. */
  async function change(
    person: string,
    link: Link,
    edit: (sent: RemindersSent) => Partial<RemindersSent> | undefined,
  ): Promise<RemindersSent | undefined> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await stored(person)
      // A process that was stopped for long may come with a connection that is none any more.
      if (before?.link !== link.id && (await living(person))?.id !== link.id) return undefined
      const current = before?.link === link.id ? before : noneOf(link)
      const changes = edit(current)
      if (!changes) return undefined
      const after = { ...current, ...changes, version: before ? before.version + 1 : randomInt(1, 2 ** 47) }
      const ttl = accounts.consentEnds(link) + day - now()
      if (before) {
        if (await store.compareAndSet(remindedKind, person, before.version, after, ttl)) return after
      } else if (await store.create(remindedKind, person, after, ttl)) {
        // Written, then looked at: an unlink has deleted it, or it goes here.
        if (await accounts.findEvenIfEnded(person)) return after
        await store.delete(remindedKind, person)
        return undefined
      }
    }
    throw new Error('What is noted about the reminders of somebody changes too often to be changed')
  }

  /** Has the index say when the person is to be looked at next, until that holds. */
  async function settle(person: string): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const seen = await look(person)
      if (seen.at === undefined) await store.unschedule(remindersIndex, person)
      else await store.schedule(remindersIndex, person, seen.at)
      if (!seen.isLinked) await store.delete(remindedKind, person)
      if ((await look(person)).why === seen.why) return
    }
  }

  async function look(person: string): Promise<{ why: string; isLinked: boolean; at?: number | undefined }> {
    const [link, off] = await Promise.all([accounts.findEvenIfEnded(person), isOff(person)])
    const isLinked = link !== undefined
    if (!link || off) return { why: `${link?.id} ${off}`, isLinked }
    if (link.endedAt !== null) return { why: `${link.id} ended`, isLinked, at: now() + undecided }
    const { sent, at } = await of(person, link)
    return { why: `${link.id} ${sent.done} ${sent.notBefore}`, isLinked, at }
  }

  async function living(person: string): Promise<Link | undefined> {
    const link = await accounts.findEvenIfEnded(person)
    return link?.endedAt === null ? link : undefined
  }

  async function stored(person: string): Promise<(RemindersSent & Versioned) | undefined> {
    return (await store.get(remindedKind, person)) as unknown as (RemindersSent & Versioned) | undefined
  }
}

function noneOf({ id }: Link): RemindersSent {
  return { link: id, done: 0, posting: null, tries: 0, notBefore: 0, message: null }
}
