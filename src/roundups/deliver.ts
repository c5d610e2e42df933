import { holdLease } from '../store/held-lease.ts'
import type { DeliveryDeps, DeliveryOutcome } from './publish.ts'
import { nonceOf, publish, type PublishOutcome, type Publisher } from './publish.ts'
import { isDone, nextPeriod, type Schedule } from './schedules.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'

const day = 24 * 60 * 60 * 1000
const closedPeriods = 3
// The roundup of a process that crashed is taken over within this and one search for what is due.
const leaseTime = 30_000
// Long enough to send a request yet.
const margin = 5_000

/**
 * Delivers the roundup of a server if it is due: once for every period, whoever else tries at the same time and
 * wherever another has died. Rejects with StoreUnavailableError and the errors of posting; trying again is safe.
 */
export async function deliver(
  server: string,
  rooms: DeliveryDeps,
  courier: Publisher,
  ended: AbortSignal,
): Promise<DeliveryOutcome> {
  const { store, schedules } = rooms
  const time = rooms.now()
  const seen = await schedules.read(server)
  if (seen === 'unreadable') {
    await schedules.postpone(server, time + day)
    return 'unreadable'
  }
  if (!seen || seen.paused !== null || seen.dueAt > time) {
    await schedules.repairIndex(server)
    // A clock that was ahead for a while has put it off.
    if (seen?.paused === null && nextPeriod(seen, time).at < seen.dueAt) await reckonAnew(server, seen, rooms)
    return 'not due'
  }
  const period = periodBefore(time, seen)
  if (period.at < seen.dueAt || isDone(period, seen)) {
    // Somewhere the rules for clocks have changed since that time was noted.
    await reckonAnew(server, seen, rooms)
    return 'not due'
  }
  const clock = { wall: rooms.now }
  const lease = await holdLease(store, `roundup.${server}.${period.label}`, leaseTime, { margin, ended, clock })
  if (!lease) return 'not due'
  try {
    const schedule = await schedules.get(server)
    // Somebody may have delivered it just before.
    if (schedule?.version !== seen.version) return 'not due'
    const outcome = await publish(server, schedule, period, rooms, courier, lease)
    return await finish(server, schedule, period, outcome, rooms, courier)
  } finally {
    await lease.release()
  }
}

async function reckonAnew(server: string, { version }: Schedule, { schedules, now }: DeliveryDeps): Promise<void> {
  await schedules.change(server, (current) =>
    current.version === version ? { ...current, dueAt: nextPeriod(current, now()).at } : undefined,
  )
}

/** The period is over, whatever came of it, and the next one is due. */
async function finish(
  server: string,
  { closed: before, setBy, channel }: Schedule,
  period: SchedulePeriod,
  outcome: PublishOutcome,
  { schedules, now }: DeliveryDeps,
  courier: Publisher,
): Promise<DeliveryOutcome> {
  if (outcome === 'overtaken') return 'not due'
  const { label, at } = period
  const isGivenUp = outcome === 'closed' && before + 1 >= closedPeriods
  // Before it is noted, so that whoever dies in between does not leave them in the dark.
  if (isGivenUp && setBy !== null) await courier.notify(setBy, channel, nonceOf(`${label}-${server}-closed`))
  await schedules.change(server, (current) => {
    if (isDone(period, current) && current.posting?.label !== label) return undefined
    const closed = { closed: current.closed + 1, silent: current.closed, posted: 0, found: 0 }[outcome]
    const paused = isGivenUp && current.channel === channel ? 'channel closed' : current.paused
    const dueAt = nextPeriod({ ...current, posted: label }, Math.max(now(), at)).at
    return { ...current, posted: label, posting: null, closed, paused, dueAt }
  })
  return outcome
}
