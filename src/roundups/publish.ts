import { createHash } from 'node:crypto'
import type { Publisher } from './courier.ts'
import type { DeliveryOutcome, DeliveryDeps } from './deliver.ts'
import type { Hold } from './hold.ts'
import type { Schedule } from './schedules.ts'
import type { RoundupPage } from './stored-roundup.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'

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
  hold: Hold,
): Promise<PublishOutcome> {
  const { channel, posting, skipEmpty } = schedule
  const id = `${period.label}-${server}`
  const announced = posting?.label === period.label ? posting : undefined
  if (announced) {
    const found = await courier.find(announced.channel, id, announced.after, hold.signal)
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
  const sheet = isGood ? kept : await gather(server, id, schedule, { period, late }, rooms, hold)
  if (skipEmpty && sheet.rows.length === 0 && sheet.missed === 0) return 'silent'

  // A post of somebody who has died may arrive yet, so the search begins where theirs would have.
  const newest = announced?.channel === channel ? { id: announced.after } : await courier.newest(channel, hold.signal)
  if (newest === 'closed') return 'closed'
  if (!(await announce(server, schedule, { label: period.label, channel, after: newest.id }, rooms))) return 'overtaken'
  hold.check()
  const place = await courier.post(channel, sheet, nonceOf(id), hold.signal).catch((error: unknown) => {
    hold.leave()
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
  { signal }: Hold,
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
