import { setTimeout as sleep } from 'node:timers/promises'

/** One look at the process, by its own metrics. Sizes in bytes. */
export interface Sample {
  /** Minutes since the first look. */
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
  /** The 99th percentile of delays since the last look, in milliseconds. */
  readonly lag: number
}

export interface Gauge {
  readonly samples: readonly Sample[]
  /** Undefined where the process did not answer. */
  look(): Promise<Sample | undefined>
}

const collecting = 150
const patience = 60_000

/** `pid`: a process under the collector, whose metrics are at that address. */
export function openGauge(pid: number, url: string): Gauge {
  const begun = performance.now()
  const samples: Sample[] = []
  return {
    samples,
    async look() {
      process.kill(pid, 'SIGUSR2')
      await sleep(collecting)
      const page = await fetch(url, { signal: AbortSignal.timeout(patience) }).then(
        (answer) => answer.text(),
        () => undefined,
      )
      if (page === undefined) return undefined
      const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1])
      const sample = {
        at: (performance.now() - begun) / 60_000,
        rss: value('process_resident_memory_bytes'),
        heap: value('nodejs_heap_size_used_bytes'),
        taken: value('nodejs_heap_size_total_bytes'),
        external: value('nodejs_external_memory_bytes'),
        handles: value('nodejs_active_handles_total'),
        resources: value('nodejs_active_resources_total'),
        files: value('process_open_fds'),
        lag: value('nodejs_eventloop_lag_p99_seconds') * 1000,
      }
      samples.push(sample)
      return sample
    },
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
