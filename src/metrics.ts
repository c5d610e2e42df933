import { once } from 'node:events'
import { createServer } from 'node:http'
import { listenForMetrics } from './listening.ts'

const kinds = ['command', 'menu', 'press', 'dialog', 'suggestions'] as const
const interactionOutcomes = ['answered', 'refused', 'failed', 'unanswered'] as const
const refreshOutcomes = ['refreshed', 'ended', 'misconfigured', 'limited', 'failed'] as const
const roundupOutcomes = ['posted', 'skipped', 'refused', 'failed'] as const
const endpoints = ['token', 'me', 'tracks', 'library', 'playlists'] as const
const answers = [...['200', '401', '403', '429', '4xx', '5xx', 'other'], ...['timeout', 'network', 'cancelled']]
/** The methods of a store and of its leases. */
export const storeOperations = [
  ...['get', 'set', 'create', 'delete', 'compareAndSet', 'deleteIfVersion', 'add', 'remove', 'members', 'schedule'],
  ...['unschedule', 'due', 'lease', 'renew', 'release', 'meter', 'getBytes', 'setBytes', 'touchBytes', 'deleteBytes'],
  ...['statBytes', 'check', 'close'],
]

/** What became of an interaction: "refused" is an answer that says no, "failed" one that the operator has to look at. */
export type InteractionOutcome = (typeof interactionOutcomes)[number]
/** "ended": Spotify no longer takes the refresh token. "misconfigured": it does not take the app. "limited": it asks to wait. */
export type RefreshOutcome = (typeof refreshOutcomes)[number]
/** "skipped": it was due, but there was nothing to post, or it was too late. "refused": Discord lets nobody post there. */
export type RoundupOutcome = (typeof roundupOutcomes)[number]
export type SpotifyEndpoint = (typeof endpoints)[number]

export interface SeenInteraction {
  /** The command's name; "unknown" for what no file of `commands/` answers. */
  readonly command: string
  readonly kind: (typeof kinds)[number]
  readonly outcome: InteractionOutcome
  /** From receipt until Discord has taken the acknowledgement, in milliseconds; undefined when it never did. */
  readonly acknowledgedAfter: number | undefined
  /** From receipt until everything was said, in milliseconds. */
  readonly endedAfter: number
}

/** What the program counts. Labels have few values: never who, where, or which song. No method throws or waits. */
export interface Metrics {
  /** Once an interaction is over, however it ended. */
  interaction(seen: SeenInteraction): void
  /** Once a request to Spotify is over: its status, or why there is none, and its time in milliseconds. */
  spotify(endpoint: SpotifyEndpoint, result: number | 'timeout' | 'network' | 'cancelled', milliseconds: number): void
  refresh(outcome: RefreshOutcome): void
  roundup(outcome: RoundupOutcome): void
  /** A method of the store or a lease got no answer. Undefined where nothing is counted: then nothing is watched. */
  readonly storeError?: (operation: string) => void
}

/** Counts nothing. */
export const noMetrics: Metrics = { interaction() {}, spotify() {}, refresh() {}, roundup() {} }

/** What is asked for at every look; what is not known is undefined. Of the operator's Spotify app, as this process knows it. */
export interface AppLimits {
  /** Scheduled roundups that should have been posted more than ten minutes ago. */
  readonly overdueRoundups?: number | undefined
  /** Requests left of the day's quota. */
  readonly budgetLeft?: number | undefined
  /** Requests left in the rolling 30 seconds. */
  readonly windowLeft?: number | undefined
  /** Milliseconds since the epoch; in the past or undefined when nothing blocks. */
  readonly blockedUntil?: number | undefined
  /** Requests within 24 hours by purpose, and the limit for whole readings with where it is from. */
  readonly day?:
    | { readonly by: Readonly<Record<string, number>>; readonly limit: number; readonly kind: string }
    | undefined
}

type ReadLimits = () => AppLimits | undefined | Promise<AppLimits | undefined>

// Discord waits three seconds for an acknowledgement, and a deferral goes out after 0.8.
const soon = [0.05, 0.1, 0.25, 0.5, 0.8, 0.9, 1, 1.5, 2, 2.5, 3]
const whole = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900]
const request = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 6, 8]

/**
 * Counts, and watches event loop, memory and processor as well. `readLimits` is called for every look; `commands` are the
 * names of all.
 */
export async function createMetrics(readLimits: ReadLimits, commands: readonly string[] = []) {
  // Only where it is used: loading it takes a tenth of a second and 20 MB.
  const { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } = await import('prom-client')
  const registry = new Registry()
  let limits: AppLimits = {}
  collectDefaultMetrics({ register: registry })
  const named = (name: string, help: string) => ({ name: `hearsay_${name}`, help, registers: [registry] })
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]) =>
    new Counter({ ...named(name, help), labelNames })
  const histogram = <Label extends string>(name: string, help: string, label: Label, buckets: number[]) =>
    new Histogram({ ...named(name, help), labelNames: [label], buckets })
  const gauge = (name: string, help: string, read: (limits: AppLimits) => number | undefined) =>
    new Gauge({
      ...named(name, help),
      collect() {
        const value = read(limits)
        // What is not known has no sample, which is not zero.
        if (value === undefined) this.remove()
        else this.set(value)
      },
    })

  /** One sample for each value of a label. */
  const gauges = (name: string, help: string, label: string, read: () => Readonly<Record<string, number>>) =>
    new Gauge({
      ...named(name, help),
      labelNames: [label],
      collect() {
        this.reset()
        for (const [value, amount] of Object.entries(read())) this.set({ [label]: value }, amount)
      },
    })

  const interactions = counter('interactions_total', 'by command, kind and outcome', ['command', 'kind', 'outcome'])
  const acknowledged = histogram('interaction_acknowledged_seconds', 'until Discord has the first answer', 'kind', soon)
  const answered = histogram('interaction_answered_seconds', 'until the whole answer is given', 'kind', whole)
  const requests = counter('spotify_requests_total', 'by endpoint and answer', ['endpoint', 'answer'])
  const requestTimes = histogram('spotify_request_seconds', 'until Spotify answers', 'endpoint', request)
  const refreshes = counter('token_refreshes_total', 'by outcome', ['outcome'])
  const roundups = counter('roundups_total', 'due ones, by outcome', ['outcome'])
  const storeErrors = counter('store_errors_total', 'calls that the store did not answer', ['operation'])
  // A series that is there from the start shows its first event as a rise.
  for (const kind of kinds) {
    for (const command of [...commands, 'unknown'])
      for (const outcome of interactionOutcomes) interactions.inc({ command, kind, outcome }, 0)
    for (const times of [acknowledged, answered]) times.zero({ kind })
  }
  for (const endpoint of endpoints) {
    for (const answer of answers) requests.inc({ endpoint, answer }, 0)
    requestTimes.zero({ endpoint })
  }
  for (const outcome of refreshOutcomes) refreshes.inc({ outcome }, 0)
  for (const outcome of roundupOutcomes) roundups.inc({ outcome }, 0)
  for (const operation of storeOperations) storeErrors.inc({ operation }, 0)
  gauge('roundups_overdue', 'due for ten minutes and not posted', ({ overdueRoundups }) => overdueRoundups)
  gauge('spotify_budget_left', 'requests of the day, where it is known', ({ budgetLeft }) => budgetLeft)
  gauges('spotify_day_requests', 'within 24 hours, by purpose', 'purpose', () => limits.day?.by ?? {})
  const dayLimit = () => (limits.day ? { [limits.day.kind]: limits.day.limit } : {})
  gauges('spotify_day_limit', 'for whole readings: set, learned or assumed', 'kind', dayLimit)
  gauge('spotify_window_left', 'requests of the 30 seconds, where it is known', ({ windowLeft }) => windowLeft)
  gauge('spotify_blocked_until_seconds', 'since the epoch, or zero', ({ blockedUntil = 0 }) => blockedUntil / 1000)

  const metrics: Metrics = {
    interaction({ command, kind, outcome, acknowledgedAfter, endedAfter }) {
      interactions.inc({ command, kind, outcome })
      if (acknowledgedAfter !== undefined) acknowledged.observe({ kind }, acknowledgedAfter / 1000)
      if (outcome !== 'unanswered') answered.observe({ kind }, endedAfter / 1000)
    },
    spotify(endpoint, result, milliseconds) {
      requests.inc({ endpoint, answer: typeof result === 'number' ? statusLabel(result) : result })
      requestTimes.observe({ endpoint }, milliseconds / 1000)
    },
    refresh: (outcome) => refreshes.inc({ outcome }),
    roundup: (outcome) => roundups.inc({ outcome }),
    storeError: (operation) => storeErrors.inc({ operation }),
  }
  return { ...metrics, text, contentType: registry.contentType }

  async function text(): Promise<string> {
    limits = (await readLimits()) ?? {}
    return registry.metrics()
  }
}

function statusLabel(status: number): string {
  if ([401, 403, 429].includes(status)) return String(status)
  if (status >= 200 && status < 300) return '200'
  if (status >= 500) return '5xx'
  return status >= 400 ? '4xx' : 'other'
}

/** Serves `GET /metrics` on 127.0.0.1; without a port nothing is counted. StartupError when the port is taken. */
export async function openMetrics(port: number | undefined, readLimits: ReadLimits, commands: readonly string[] = []) {
  if (port === undefined) return { metrics: noMetrics, async stop() {} }
  const metrics = await createMetrics(readLimits, commands)
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 10_000 }, ({ url, method }, response) => {
    response.setHeader('cache-control', 'no-store')
    if (url !== '/metrics') response.writeHead(404).end()
    else if (method !== 'GET') response.writeHead(405, { allow: 'GET' }).end()
    else
      void metrics.text().then(
        (text) => response.setHeader('content-type', metrics.contentType).end(text),
        () => response.writeHead(500).end(),
      )
  })
  await listenForMetrics(server, port)
  return {
    metrics,
    async stop() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
