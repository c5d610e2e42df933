import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'
import type { RoundupOutcome } from '../metrics/metrics.ts'
import type { DeliveryOutcome } from './roundups.ts'
import { every } from './scheduler.ts'

// What a crashed replica leaves is taken over within this and the time of its lease.
const tick = 5_000

/** Weekly roundups being delivered. */
export interface RoundupWorker {
  /** Begins no more, and waits a moment for the one under way; what is cut off is taken up by whoever comes next. */
  stop(): Promise<void>
}

const patience = 2_000

/** Every replica asks what is due, and whoever comes first delivers it. */
export function startRoundupWorker(app: App, log: Log): RoundupWorker {
  const stopping = new AbortController()
  const { signal } = stopping
  const report = (server: string, outcome: DeliveryOutcome | Error): void => {
    if (outcome === 'unreadable') return log.error({ server }, unreadable)
    app.metrics.roundup(outcome instanceof Error ? 'failed' : counted[outcome])
    if (!(outcome instanceof Error)) return log.info({ server, outcome }, 'A weekly roundup was due')
    log.warn({ err: outcome, server }, 'A weekly roundup could not be delivered; it is tried again in a moment')
  }
  const failed = (err: unknown): void =>
    log.warn({ err }, 'Nobody knows which roundups are due; it is asked again in a moment')
  const delivering = every(tick, () => app.roundups.deliverDue(report, signal), { signal, failed })
  return {
    async stop() {
      stopping.abort()
      await Promise.race([delivering, sleep(patience, undefined, { ref: false })])
    },
  }
}

const counted: Readonly<Record<Exclude<DeliveryOutcome, 'unreadable'>, RoundupOutcome>> = {
  posted: 'posted',
  found: 'posted',
  silent: 'skipped',
  closed: 'refused',
  'not due': 'skipped',
}

const unreadable =
  'What is stored about the weekly roundup of a server makes no sense, so it is not posted. `/roundup schedule` there sets it up anew; until then this is said once a day'
