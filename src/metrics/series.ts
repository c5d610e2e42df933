import type { AppLimits } from '../spotify/clients.ts'
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { interactionOutcomes, refreshOutcomes, roundupOutcomes, type Metrics, type ReadAppLimits } from './metrics.ts'

/** The series of one process, and their text for Prometheus. */
export interface Series extends Metrics {
  readonly contentType: string
  text(): Promise<string>
}

// Discord waits three seconds for an acknowledgement, and the program announces slow answers after 0.8.
const acknowledging = [0.05, 0.1, 0.25, 0.5, 0.8, 0.9, 1, 1.5, 2, 2.5, 3]
const answering = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900]
const asking = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 8]

/** Begins to watch the process itself as well: event loop, memory, processor. */
export function createSeries(readGate: ReadAppLimits): Series {
  const registry = new Registry()
  const registers = [registry]
  collectDefaultMetrics({ register: registry })

  const interactions = new Counter({
    name: 'hearsay_interactions_total',
    help: 'Interactions by command, kind and outcome.',
    labelNames: ['command', 'kind', 'outcome'],
    registers,
  })
  const acknowledged = new Histogram({
    name: 'hearsay_interaction_acknowledged_seconds',
    help: 'From the receipt of an interaction until Discord has taken its acknowledgement.',
    labelNames: ['kind'],
    buckets: acknowledging,
    registers,
  })
  const answered = new Histogram({
    name: 'hearsay_interaction_answered_seconds',
    help: 'From the receipt of an interaction until its whole answer has been given.',
    labelNames: ['kind'],
    buckets: answering,
    registers,
  })
  const requests = new Counter({
    name: 'hearsay_spotify_requests_total',
    help: 'Requests to Spotify by endpoint and answer.',
    labelNames: ['endpoint', 'answer'],
    registers,
  })
  const requestTimes = new Histogram({
    name: 'hearsay_spotify_request_seconds',
    help: 'How long Spotify takes to answer, by endpoint.',
    labelNames: ['endpoint'],
    buckets: asking,
    registers,
  })
  const refreshes = new Counter({
    name: 'hearsay_token_refreshes_total',
    help: 'Refreshes of access tokens by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const roundups = new Counter({
    name: 'hearsay_roundups_total',
    help: 'Roundups that were due, by outcome.',
    labelNames: ['outcome'],
    registers,
  })
  const storeErrors = new Counter({
    name: 'hearsay_store_errors_total',
    help: 'Calls that the store did not answer, by operation.',
    labelNames: ['operation'],
    registers,
  })
  // A series that is there from the start shows its first event as a rise.
  for (const outcome of refreshOutcomes) refreshes.inc({ outcome }, 0)
  for (const outcome of roundupOutcomes) roundups.inc({ outcome }, 0)
  const showGate = gateSeries(registers)

  return {
    contentType: registry.contentType,
    async text() {
      showGate(await lookAtGate(readGate))
      return registry.metrics()
    },
    interaction({ command, kind, outcome, acknowledgedAfter, endedAfter }) {
      for (const one of interactionOutcomes) interactions.inc({ command, kind, outcome: one }, one === outcome ? 1 : 0)
      if (acknowledgedAfter !== undefined) acknowledged.observe({ kind }, acknowledgedAfter / 1000)
      if (outcome !== 'unanswered') answered.observe({ kind }, endedAfter / 1000)
    },
    spotify(endpoint, answer, milliseconds) {
      requests.inc({ endpoint, answer })
      requestTimes.observe({ endpoint }, milliseconds / 1000)
    },
    refresh: (outcome) => refreshes.inc({ outcome }),
    roundup: (outcome) => roundups.inc({ outcome }),
    storeError: (operation) => storeErrors.inc({ operation }),
  }
}

/** What the gate does not know has no sample, which is not zero. */
function gateSeries(registers: Registry[]): (state: AppLimits) => void {
  const budget = new Gauge({
    name: 'hearsay_spotify_budget_left',
    help: 'Requests left of what Spotify grants in a day, where it is known.',
    registers,
  })
  const window = new Gauge({
    name: 'hearsay_spotify_window_left',
    help: 'Requests left of what Spotify grants in 30 seconds, where it is known.',
    registers,
  })
  const blocked = new Gauge({
    name: 'hearsay_spotify_blocked_until_seconds',
    help: 'Until when Spotify has asked to wait, in seconds since the epoch; zero where it has not.',
    registers,
  })
  const show = (gauge: Gauge, value: number | undefined) => (value === undefined ? gauge.remove() : gauge.set(value))
  return ({ budgetLeft, windowLeft, blockedUntil = 0 }) => {
    show(budget, budgetLeft)
    show(window, windowLeft)
    show(blocked, blockedUntil / 1000)
  }
}

/** The rest is shown as well while the gate cannot be asked. */
async function lookAtGate(readGate: ReadAppLimits): Promise<AppLimits> {
  try {
    return (await readGate()) ?? {}
  } catch {
    return {}
  }
}
