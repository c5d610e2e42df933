import { createHash } from 'node:crypto'
import type { Lease, Store } from '../store/store.ts'
import type { Collection, Span } from './collect.ts'
import type { Members } from './members.ts'
import { nextPeriod, type Schedule, type Schedules } from './schedules.ts'
import type { Place, Sheet, Sheets } from './sheets.ts'
import { periodBefore, type Period } from './times.ts'

/** What carries roundups to the chat. */
export interface Courier {
  /**
   * Puts the first page of a roundup into a channel, once for the same `nonce` within minutes. "closed": the channel
   * is gone or may not be posted to. Rejects when nobody knows whether it has arrived.
   */
  post(channel: string, sheet: Sheet, nonce: string, signal: AbortSignal): Promise<Place | 'closed'>
  /** Looks for that roundup among what has been posted since a moment in milliseconds. */
  find(channel: string, id: string, since: number): Promise<Place | 'closed' | undefined>
  /** Shows a page of it as it is now. Never rejects. */
  redraw(place: Place, sheet: Sheet): Promise<void>
  /** Tells whoever set it up that the channel is closed to it. Never rejects. */
  tell(person: string, channel: string): Promise<void>
}

export type Outcome = 'posted' | 'found' | 'silent' | 'closed' | 'not due'

export interface Rooms {
  readonly store: Store
  readonly members: Members
  readonly schedules: Schedules
  readonly sheets: Sheets
  collect(members: readonly string[], span: Span, signal: AbortSignal): Promise<Collection>
  /** Keeps the pages of what was collected. */
  write(server: string, id: string, collection: Collection, head: Span & Pick<Sheet, 'late'>): Promise<Sheet>
  now(): number
}

/** How late a post may be without saying so. */
const punctual = 10 * 60 * 1000
// A crashed process is taken over within this and one tick.
const leaseTime = 45_000
const closedPeriods = 3
// Clocks differ, and a post arrives a while after it was announced.
const slack = 2 * 60 * 1000

/**
 * Delivers the roundup of a server if it is due: once for every period, whoever else tries at the same time and
 * wherever another has died. Rejects with StoreUnavailableError and the errors of posting; trying again is safe.
 */
export async function deliver(server: string, rooms: Rooms, courier: Courier, ended: AbortSignal): Promise<Outcome> {
  const { store, schedules, now } = rooms
  const seen = await schedules.get(server)
  if (!seen || seen.paused !== null || seen.dueAt > now()) {
    await schedules.settle(server)
    return 'not due'
  }
  const period = periodBefore(now(), seen)
  const lease = await store.lease(`roundup.${server}.${period.label}`, leaseTime)
  if (!lease) return 'not due'
  const lost = new AbortController()
  const signal = AbortSignal.any([ended, lost.signal])
  const heart = beat(lease, lost)
  try {
    // Somebody may have delivered it just before.
    const schedule = await schedules.get(server)
    if (!schedule || schedule.version !== seen.version) return 'not due'
    return await finish(server, period, await put(server, schedule, period, rooms, courier, signal), rooms, courier)
  } finally {
    clearInterval(heart)
    await lease.release().catch(() => undefined)
  }
}

function beat(lease: Lease, lost: AbortController): NodeJS.Timeout {
  let heldUntil = performance.now() + leaseTime
  return setInterval(async () => {
    const asked = performance.now()
    // Also after a sleep of the whole machine: what is not known to be held is lost.
    if (asked > heldUntil) return lost.abort(new Error('The lease of a roundup has ended'))
    const held = await lease.renew(leaseTime).catch(() => undefined)
    if (held === false) lost.abort(new Error('The lease of a roundup went to somebody else'))
    else if (held) heldUntil = asked + leaseTime
  }, leaseTime / 9).unref()
}

type Put = Exclude<Outcome, 'not due'> | 'overtaken'

/** Everything before the post can be done again; what was announced is looked for before it is posted again. */
async function put(
  server: string,
  schedule: Schedule,
  period: Period,
  rooms: Rooms,
  courier: Courier,
  signal: AbortSignal,
): Promise<Put> {
  const { sheets } = rooms
  const id = `${period.label}-${server}`
  const { posting } = schedule
  if (schedule.posted === period.label) return 'found'
  const announced = posting?.label === period.label ? posting : undefined
  const found = announced && (await courier.find(announced.channel, id, announced.since - slack))
  if (found === 'closed') return 'closed'
  if (found) {
    await sheets.place(id, server, found)
    return 'found'
  }
  const kept = announced && (await sheets.read(id, 1))
  const sheet = kept ?? (await gather(server, id, schedule, period, rooms, signal))
  if (schedule.skipEmpty && sheet.rows.length === 0 && sheet.missed === 0) return 'silent'
  if (!(await announce(server, schedule, period, rooms))) return 'overtaken'
  signal.throwIfAborted()
  const place = await courier.post(schedule.channel, sheet, nonceOf(id), signal)
  if (place === 'closed') return 'closed'
  await sheets.place(id, server, place)
  return 'posted'
}

async function gather(
  server: string,
  id: string,
  schedule: Schedule,
  period: Period,
  { members, collect, write, now }: Rooms,
  signal: AbortSignal,
): Promise<Sheet> {
  const span = { from: periodBefore(period.at - 1, schedule).at, until: period.at }
  const collection = await collect(await members.of(server), span, signal)
  return write(server, id, collection, { ...span, late: now() - period.at > punctual ? period.at : null })
}

/** False when somebody has changed the schedule meanwhile. */
async function announce(
  server: string,
  { version, channel }: Schedule,
  { label }: Period,
  rooms: Rooms,
): Promise<boolean> {
  const posting = { label, channel, since: rooms.now() }
  const marked = await rooms.schedules.change(server, (current) =>
    current.version === version ? { ...current, posting } : undefined,
  )
  return marked !== undefined
}

/** The period is over, whatever came of it, and the next one is due. */
async function finish(
  server: string,
  { label, at }: Period,
  outcome: Put,
  rooms: Rooms,
  courier: Courier,
): Promise<Outcome> {
  if (outcome === 'overtaken') return 'not due'
  const after = await rooms.schedules.change(server, (current) => {
    if (current.posted === label && current.posting?.label !== label) return undefined
    const closed = outcome === 'closed' ? current.closed + 1 : 0
    const paused = closed >= closedPeriods ? 'channel closed' : current.paused
    const dueAt = nextPeriod({ ...current, posted: label }, Math.max(rooms.now(), at)).at
    return { ...current, posted: label, posting: null, closed, paused, dueAt }
  })
  if (after?.paused === 'channel closed' && after.setBy !== null) await courier.tell(after.setBy, after.channel)
  return outcome
}

/** At most 25 characters, the same for the same roundup. */
function nonceOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url').slice(0, 25)
}
