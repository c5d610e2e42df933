import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { DeliveryOutcome, Roundups } from './roundups.ts'

// What a crashed replica leaves is taken over within this and the time of its lease.
const tick = 5_000

/**
 * Every replica asks what is due, and the first delivers it. What is returned begins no more, and waits a moment for
 * those under way; what is cut off is taken up by the next process.
 */
export function startWorker(
  roundups: Roundups,
  remind: (ended: AbortSignal, failed: (error: unknown) => void) => Promise<void>,
  metrics: Metrics,
  log: Log,
) {
  const stopping = new AbortController()
  const { signal } = stopping
  const report = (schedule: string, outcome: DeliveryOutcome | Error): void => {
    if (outcome === 'unreadable') return log.error({ schedule }, unreadable)
    metrics.roundup(outcome instanceof Error ? 'failed' : counted[outcome])
    if (!(outcome instanceof Error)) return log.info({ schedule, outcome }, 'A roundup was due')
    log.warn({ err: outcome, schedule }, 'A roundup could not be delivered; it is tried again in a moment')
  }
  const failed = (err: unknown): void =>
    log.warn({ err }, 'Nobody knows which roundups are due; it is asked again in a moment')
  const delivering = every(tick, () => roundups.deliverDue(report, signal), { signal, failed })
  const removing = every(tick, () => roundups.runRemovals(signal), { signal, failed })
  const looking = every(60_000, () => roundups.lookAhead(signal), { signal, failed })
  const notReminded = (err: unknown): void =>
    log.warn({ err }, 'A reminder that a connection ends could not be sent; it is tried again in a while')
  const reminding = every(tick, () => remind(signal, notReminded), { signal, failed: notReminded })
  return async (): Promise<void> => {
    stopping.abort()
    await Promise.race([
      Promise.all([delivering, removing, looking, reminding]),
      sleep(2_000, undefined, { ref: false }),
    ])
  }
}

const counted = { posted: 'posted', found: 'posted', silent: 'skipped', closed: 'refused', refused: 'refused' } as const

const unreadable =
  'What is stored about a schedule of roundups makes no sense, so it is not posted. `/roundup schedule` in that server sets it up anew; until then this is said once a day'

/** Runs the job at once and again this many milliseconds after each end, failures or not; resolves once aborted. */
export async function every(
  interval: number,
  job: () => Promise<void>,
  { signal, failed }: { readonly signal: AbortSignal; failed(error: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await job()
    } catch (error) {
      failed(error)
    }
    await sleep(interval, undefined, { signal }).catch(() => undefined)
  }
}
