import { createSpotify } from '../../sandbox/spotify/in-process.ts'
import { RateLimitedError } from '../../src/spotify/errors.ts'
import type { RateLimiter } from '../../src/spotify/rate-limit/limiter.ts'
import { runConcurrently } from '../../src/concurrency.ts'
import { accessTokenOf } from './access-token.ts'
import type { HandClock } from './hand-clock.ts'

/** The sandbox's Spotify on a hand-driven clock, as far as its rolling window goes. */
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

const years = 100_000_000

export function createFarSide(
  clock: HandClock,
  { limit = Infinity, window = 30_000, way = () => 30 }: Habits,
): FarSide {
  const ana = { id: 'ana-spotify', name: 'Ana', library: [], allowed: true }
  const spotify = createSpotify({
    accounts: [ana],
    now: clock.now,
    accessLifetime: years,
    windowLimit: limit,
    windowMilliseconds: window,
  })
  const signedIn = accessTokenOf(spotify, spotify.http, ana.id).then((token) => ({ authorization: `Bearer ${token}` }))
  const refused: number[] = []
  const arrived: string[] = []

  return {
    refused,
    arrived,
    most() {
      const times = spotify.requests.flatMap(({ path, at }) => (path === '/v1/me' ? [at] : []))
      return Math.max(0, ...times.map((end) => times.filter((at) => at <= end && at > end - window).length))
    },
    async ask(name = '') {
      const headers = await signedIn
      await clock.sleep(way())
      arrived.push(name)
      const answer = await spotify.http(`${spotify.apiUrl}/me`, { headers })
      if (answer.status === 429) refused.push(clock.now())
      await clock.sleep(way())
      if (answer.status === 200) return name
      if (answer.status !== 429) throw new Error(`Spotify answered ${answer.status}`)
      throw new RateLimitedError(clock.now() + Number(answer.headers['retry-after']) * 1000, 'rate')
    },
  }
}

/** Makes so many background requests, some at once, as a reading does; resolves with the milliseconds that it took. */
export async function readMany(
  clock: HandClock,
  limiter: RateLimiter,
  far: FarSide,
  count: number,
  atOnce = 8,
): Promise<number> {
  const begun = clock.now()
  const work = async (): Promise<void> => {
    for (;;) {
      try {
        return void (await limiter.run({ purpose: 'page', background: true, work: () => far.ask() }))
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
