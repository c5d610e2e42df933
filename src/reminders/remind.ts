import { LRUCache } from 'lru-cache'
import type { Link } from '../accounts/links.ts'
import { sha256 } from '../crypto.ts'
import { createBackoff } from '../roundups/backoff.ts'
import type { MessageRef } from '../roundups/roundups.ts'
import { holdLease } from '../store/held-lease.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store } from '../store/store.ts'
import type { Reminders } from './reminders.ts'

/** What somebody is told: when their connection ends, in milliseconds, and where they renew it. */
export interface Reminder {
  readonly person: string
  readonly ends: number
  readonly renewAt: string
  /** The language of the person, as far as it is known. */
  readonly locale: string | undefined
  /** What it is found by, at most 25 characters: the same for the same reminder of the same connection. */
  readonly mark: string
}

/** "never": Discord takes no messages for this person. "not now": it says so, which may be untrue or pass. */
type Refused = 'never' | 'not now'

/** What carries reminders to people. All of it rejects where nobody knows what has become of it. */
export interface DirectMessages {
  /** How long no conversation is to be begun, in milliseconds. */
  wait(): number
  /** The conversation with a person, and the id of its newest message, "0" without any. */
  open(person: string, signal: AbortSignal): Promise<{ readonly channel: string; readonly newest: string } | Refused>
  /** Sends it, once for the same mark within minutes. "gone": that has happened, and it was deleted since. */
  remind(channel: string, reminder: Reminder, signal: AbortSignal): Promise<MessageRef | 'gone' | Refused>
  /** Looks for it among what came after a message. */
  findReminder(
    channel: string,
    mark: string,
    after: string,
    signal: AbortSignal,
  ): Promise<MessageRef | Refused | undefined>
  /** Takes away one that is there a second time. Never rejects. */
  remove(message: MessageRef): Promise<void>
}

interface ReminderDeps {
  readonly store: Store
  readonly reminders: Reminders
  readonly directs: DirectMessages
  /** Whether the person shows others anything, anywhere. */
  showsAnything(person: string): Promise<boolean>
  /** When the connection ends, and where it is renewed. */
  describe(link: Link): Pick<Reminder, 'ends' | 'renewAt'>
  now(): number
}

const leaseTime = 30_000
const margin = 5_000
// An hour, two, four, eight: that makes five over a day.
const mostTries = 5
const firstPause = 60 * 60_000
/** When somebody who shows nothing to anybody is looked at again. */
const laterLook = 6 * 60 * 60_000

/**
 * Sends the reminders that are due, each once, whatever process tries at the same time and wherever another one has
 * died: announced, sent with a nonce, looked for after a takeover, and marked.
 */
export function createReminding({ store, reminders, directs, showsAnything, describe, now }: ReminderDeps) {
  /** People who have no turn now. Not in the store: others may succeed where this process fails. */
  const resting = new LRUCache<string, true>({ maxSize: 10_000, sizeCalculation: () => 1, ttlResolution: 0 })
  const backoff = createBackoff()

  /** `failed` is told of what is tried again in a while. Rejects where nobody knows who is due. */
  return async (ended: AbortSignal, failed: (error: unknown) => void): Promise<void> => {
    resting.purgeStale()
    if (directs.wait() > 0) return
    for (const person of await reminders.due(100 + resting.size)) {
      if (ended.aborted || directs.wait() > 0) return
      if (resting.has(person)) continue
      try {
        await remind(person, ended)
        backoff.reset(person)
      } catch (error) {
        if (error instanceof StoreUnavailableError && !(error instanceof UnreadableRecordError)) throw error
        resting.set(person, true, { ttl: backoff.next(person) })
        if (!ended.aborted) failed(error)
      }
    }
  }

  async function remind(person: string, ended: AbortSignal): Promise<void> {
    const link = await reminders.living(person)
    if (!link) return reminders.settle(person)
    const options = { margin, ended, clock: { wall: now } }
    await using lease = await holdLease(store, `reminder.${link.id}`, leaseTime, options)
    if (!lease) return
    const { sent, number } = await reminders.of(person, link)
    if (number === undefined || (await reminders.isOff(person))) return await reminders.settle(person)
    if (!(await showsAnything(person))) {
      // They may do so before the connection ends.
      await reminders.change(person, link, ({ done }) =>
        done >= number ? undefined : { notBefore: now() + laterLook },
      )
      return await reminders.settle(person)
    }
    const { signal } = lease
    const mark = sha256(`${link.id} ${number}`).slice(0, 25)
    const announced = sent.posting?.number === number ? sent.posting : undefined
    const opened = await directs.open(person, signal)
    if (opened === 'never' || opened === 'not now') return await refused(person, link, number, opened)
    const { channel } = opened
    const found = announced && (await directs.findReminder(channel, mark, announced.after, signal))
    if (found === 'never' || found === 'not now') return await refused(person, link, number, found)
    if (found) return await finish(person, link, number, found)
    const posting = announced ?? { number, channel, after: opened.newest }
    const noted = await reminders.change(person, link, ({ done }) => (done >= number ? undefined : { posting }))
    const isWanted = (await reminders.living(person))?.id === link.id && !(await reminders.isOff(person))
    if (!noted || !isWanted) return await reminders.settle(person)
    lease.check()
    const reminder = { person, mark, locale: link.locale, ...describe(link) }
    const outcome = await directs.remind(channel, reminder, signal).catch((error: unknown) => {
      // It may arrive yet.
      lease.leave()
      throw error
    })
    if (outcome === 'never' || outcome === 'not now') return await refused(person, link, number, outcome)
    return await finish(person, link, number, outcome === 'gone' ? undefined : outcome)
  }

  async function refused(person: string, link: Link, number: number, how: Refused): Promise<void> {
    if (how === 'never') return finish(person, link, number)
    await reminders.change(person, link, ({ done, tries }) => {
      if (done >= number) return undefined
      if (tries + 1 >= mostTries) return over(number)
      return { tries: tries + 1, notBefore: now() + firstPause * 2 ** tries }
    })
    await reminders.settle(person)
  }

  /** It is over, whatever came of it. */
  async function finish(person: string, link: Link, number: number, sent?: MessageRef): Promise<void> {
    const noted = await reminders.change(person, link, ({ done }) =>
      done >= number ? undefined : over(number, sent?.message),
    )
    if (!noted && sent) {
      const { message, done } = (await reminders.of(person, link)).sent
      // Somebody who had been stopped for long has sent it a second time.
      if (done === number && message !== null && message !== sent.message) await directs.remove(sent)
    }
    await reminders.settle(person)
  }
}

function over(number: number, message: string | null = null) {
  return { done: number, posting: null, tries: 0, notBefore: 0, message }
}
