import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import type { HandClock } from './hand-clock.ts'

/** A Spotify on a hand-driven clock: nothing but its rolling window, counted when a request arrives. */
export interface FarSide {
  readonly refused: number[]
  /** The most requests that have arrived within any window. */
  most(): number
  /** A request; `name` goes to `arrived`. */
  ask(name?: string): Promise<string>
  readonly arrived: string[]
}

export interface Habits {
  readonly limit?: number
  readonly window?: number
  /** From here to there, and from there to here, in milliseconds. */
  readonly way?: () => number
}

export function createFarSide(
  clock: HandClock,
  { limit = Infinity, window = 30_000, way = () => 30 }: Habits,
): FarSide {
  const times: number[] = []
  const refused: number[] = []
  const arrived: string[] = []

  return {
    refused,
    arrived,
    most: () => Math.max(0, ...times.map((end) => times.filter((at) => at <= end && at > end - window).length)),
    async ask(name = '') {
      await clock.sleep(way())
      const now = clock.now()
      times.push(now)
      arrived.push(name)
      const recent = times.filter((at) => at > now - window)
      const last = recent.at(-limit)
      if (recent.length > limit && last !== undefined) {
        refused.push(now)
        const wait = Math.ceil((last + window - now) / 1000) * 1000
        await clock.sleep(way())
        throw new RateLimitedError(clock.now() + wait, 'rate')
      }
      await clock.sleep(way())
      return name
    },
  }
}

/** Makes so many background requests, some at once, as a reading does; resolves with the milliseconds that it took. */
export async function readMany(
  clock: HandClock,
  gate: RateLimiter,
  far: FarSide,
  count: number,
  atOnce = 8,
): Promise<number> {
  const begun = clock.now()
  const work = async (): Promise<void> => {
    for (;;) {
      try {
        return void (await gate.run({ background: true, work: () => far.ask() }))
      } catch (error) {
        if (!(error instanceof RateLimitedError)) throw error
      }
    }
  }
  await clock.through(
    runConcurrently(
      Array.from({ length: count }, () => 0),
      atOnce,
      work,
    ),
  )
  return clock.now() - begun
}
