import { holdLease } from '../store/held-lease.ts'
import { nonceOf, publish, type DeliveryDeps, type DeliveryOutcome, type PublishOutcome } from './publish.ts'
import { periodBefore, type SchedulePeriod } from './schedule-time.ts'
import { isDone, nextPeriod, type Schedule } from './schedules.ts'

const day = 24 * 60 * 60 * 1000
const closedPeriods = 3
// The roundup of a process that crashed is taken over within this and one search for what is due.
const leaseTime = 30_000
// Long enough to send a request yet.
const margin = 5_000

/**
 * Delivers the roundup of a server if it is due: once for every period, whatever process tries at the same time and
 * wherever another process has died. Rejects with StoreUnavailableError and the errors of posting; trying again is safe.
 */
export async function deliver(server: string, deps: DeliveryDeps, ended: AbortSignal): Promise<DeliveryOutcome> {
  const { store, schedules } = deps
  const time = deps.now()
  const seen = await schedules.read(server)
  if (seen === 'unreadable') {
    await schedules.postpone(server, time + day)
    return 'unreadable'
  }
  if (!seen || seen.paused !== null || seen.dueAt > time) {
    await schedules.repairIndex(server)
    // A clock that was ahead for a while has put it off.
    if (seen?.paused === null && nextPeriod(seen, time).at < seen.dueAt) await setNextPeriod(server, seen, deps)
    return 'not due'
  }
  const period = periodBefore(time, seen)
  if (period.at < seen.dueAt || isDone(period, seen)) {
    // Somewhere the rules for clocks have changed since that time was noted.
    await setNextPeriod(server, seen, deps)
    return 'not due'
  }
  const clock = { wall: deps.now }
  const lease = await holdLease(store, `roundup.${server}.${period.label}`, leaseTime, { margin, ended, clock })
  if (!lease) return 'not due'
  try {
    const schedule = await schedules.get(server)
    // Somebody may have delivered it just before.
    if (schedule?.version !== seen.version) return 'not due'
    const outcome = await publish(server, schedule, period, deps, lease)
    if (outcome === 'overtaken') return 'not due'
    await finish(server, schedule, period, outcome, deps)
    return outcome
  } finally {
    await lease.release()
  }
}

async function setNextPeriod(server: string, { version }: Schedule, { schedules, now }: DeliveryDeps): Promise<void> {
  await schedules.change(server, (current) =>
    current.version === version ? { ...current, dueAt: nextPeriod(current, now()).at } : undefined,
  )
}

/** The period is over, whatever came of it, and the next one is due. */
async function finish(
  server: string,
  { closed: before, setBy, channel }: Schedule,
  { label, at }: SchedulePeriod,
  outcome: Exclude<PublishOutcome, 'overtaken'>,
  { schedules, publisher, now }: DeliveryDeps,
): Promise<void> {
  const isGivenUp = outcome === 'closed' && before + 1 >= closedPeriods
  // Before it is noted, so that a process that dies in between does not leave them in the dark.
  if (isGivenUp && setBy !== null) await publisher.notify(setBy, channel, nonceOf(`${label}-${server}-closed`))
  await schedules.change(server, (current) => {
    if (isDone({ label }, current) && current.posting?.label !== label) return undefined
    const closed = { closed: current.closed + 1, silent: current.closed, posted: 0, found: 0 }[outcome]
    const paused = isGivenUp && current.channel === channel ? 'channel closed' : current.paused
    const dueAt = nextPeriod({ ...current, posted: label }, Math.max(now(), at)).at
    return { ...current, posted: label, posting: null, closed, paused, dueAt }
  })
}
