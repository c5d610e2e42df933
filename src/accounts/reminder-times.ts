import type { Store } from '../store/store.ts'
import { consentEnds, type Link } from './links.ts'

const day = 24 * 60 * 60 * 1000

/** The due index of people who are to be told that their connection ends: it names them too early, never too late. */
export const remindersIndex = 'reminders'
/** What became of the reminders of a connection, by person. */
export const remindedKind = 'reminded'
/** Who does not want any. */
export const noRemindersKind = 'no-reminders'

/** From how many days before the end each is sent; and until how many, where nobody could send it before. */
const days = [
  [14, 3],
  [2, 0],
] as const

/** When each of the reminders of a connection may be sent, in milliseconds. */
export function reminderTimes(link: Pick<Link, 'authorizedAt'>) {
  const ends = consentEnds(link)
  return days.map(([from, until]) => ({ from: ends - from * day, until: ends - until * day }))
}

/** Has the person looked at in time; once that has begun, the look itself says when the next one is. */
export async function noteReminders(store: Store, person: string, link: Link, now: number): Promise<void> {
  const from = reminderTimes(link)[0]?.from ?? now
  const known = from <= now && ((await store.get(remindedKind, person)) as { link?: string } | undefined)
  if (!known || known.link !== link.id) await store.schedule(remindersIndex, person, from)
}

/** Deletes all about the reminders of somebody whose link is gone. */
export async function forgetReminders(store: Store, person: string): Promise<void> {
  await store.unschedule(remindersIndex, person)
  await store.delete(remindedKind, person)
  await store.delete(noRemindersKind, person)
}
