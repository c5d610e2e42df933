import { SnowflakeUtil } from 'discord.js'
import { consentEnds, nullIfUnreadable, type Links } from '../accounts/links.ts'
import { createReminders, type Reminders } from '../reminders/reminders.ts'
import { isDone, type Schedule } from '../roundups/schedule.ts'
import { periodBefore } from '../roundups/schedule-time.ts'
import { createSchedules } from '../roundups/schedules.ts'
import type { Store } from '../store/store.ts'

// Of a clock that is a little ahead of Discord's.
const clocksDiffer = 10 * 60 * 1000

/**
 * What fell due between a backup and now may have been posted or sent by then: notes it as something that a process
 * has begun and not finished, so that it is looked for in the chat first.
 */
export async function noteOverdue(store: Store, links: Pick<Links, 'read'>, madeAt: number, now: number) {
  const schedules = createSchedules(store, () => now)
  for await (const key of store.keys('roundups'))
    await schedules.change(key, (schedule) => withPosting(schedule, madeAt, now)).catch(nullIfUnreadable)
  const reminders = createReminders(store, { findEvenIfEnded: links.read, consentEnds }, () => now)
  for await (const person of store.keys('links'))
    await noteReminder(reminders, person, messageIdAt(madeAt - clocksDiffer)).catch(nullIfUnreadable)
}

/** Of several periods that were missed, the last one is looked for: those before it count as posted. */
function withPosting(schedule: Schedule, madeAt: number, now: number): Schedule | undefined {
  const { paused, dueAt, channel, hideExplicit, posting } = schedule
  if (paused !== null || dueAt > now) return undefined
  const period = periodBefore(now, schedule)
  const { at, label } = period
  if (isDone(period, schedule) || posting?.label === label) return undefined
  const coveredUntil = dueAt < at ? periodBefore(at - 1, schedule).at : schedule.coveredUntil
  const after = messageIdAt(Math.max(madeAt, at) - clocksDiffer)
  return { ...schedule, coveredUntil, posting: { label, channel, after, tries: 0, until: at, hideExplicit } }
}

async function noteReminder(reminders: Reminders, person: string, after: string): Promise<void> {
  const link = await reminders.living(person)
  if (!link) return
  const { number, sent } = await reminders.of(person, link)
  if (number === undefined || sent.posting?.number === number) return
  // The conversation is opened anew in any case.
  await reminders.change(person, link, () => ({ posting: { number, channel: '', after } }))
}

/** Below the ids of all messages that Discord takes from then on. */
function messageIdAt(time: number): string {
  const timestamp = Math.max(Math.floor(time), Number(SnowflakeUtil.epoch))
  return String(SnowflakeUtil.generate({ timestamp, workerId: 0n, processId: 0n, increment: 0n }))
}
