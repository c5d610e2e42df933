import { setTimeout as sleep } from 'node:timers/promises'

/** The process at one moment, by its own metrics. Sizes in bytes. */
export interface Sample {
  /** Minutes since the first one. */
  readonly at: number
  readonly rss: number
  /** What stays after the garbage is collected. */
  readonly heap: number
  /** What the heap has taken of the machine. */
  readonly taken: number
  /** What belongs to the heap but lies outside it, such as buffers. */
  readonly external: number
  readonly handles: number
  /** What keeps the process awake, of all kinds, timers too. */
  readonly resources: number
  readonly files: number
  /** The 99th percentile of delays since the last sample, in milliseconds. */
  readonly lag: number
}

const collecting = 150
const patience = 60_000

/** `pid`: a process under the collector, whose metrics are at that address. */
export function createSampler(pid: number, url: string) {
  const begun = performance.now()
  const samples: Sample[] = []
  return { samples, take }

  /** None where the process does not answer. */
  async function take(): Promise<void> {
    process.kill(pid, 'SIGUSR2')
    await sleep(collecting)
    const page = await fetch(url, { signal: AbortSignal.timeout(patience) }).then(
      (answer) => answer.text(),
      () => undefined,
    )
    if (page === undefined) return
    const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
    samples.push({
      at: (performance.now() - begun) / 60_000,
      rss: value('process_resident_memory_bytes'),
      heap: value('nodejs_heap_size_used_bytes'),
      taken: value('nodejs_heap_size_total_bytes'),
      external: value('nodejs_external_memory_bytes'),
      handles: value('nodejs_active_handles_total'),
      resources: value('nodejs_active_resources_total'),
      files: value('process_open_fds'),
      lag: value('nodejs_eventloop_lag_p99_seconds') * 1000,
    })
  }
}

/** Least squares, per minute; undefined where there are fewer than three samples. */
export function slope(samples: readonly Sample[], of: (sample: Sample) => number): number | undefined {
  if (samples.length < 3) return undefined
  const mean = (value: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + value(sample), 0) / samples.length
  const [middle, level] = [mean(({ at }) => at), mean(of)]
  return mean((one) => (one.at - middle) * (of(one) - level)) / mean(({ at }) => (at - middle) ** 2)
}
