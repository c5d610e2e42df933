import type { LimiterStore } from '../../src/spotify/rate-limit/limiter.ts'
import type { RateLimitBlock } from '../../src/spotify/rate-limit/retry-after.ts'
import { enterMeter, type MeterState } from '../../src/store/meter.ts'

/** What the gates of one app share, within this process. */
export function memoryOfOne(now: () => number = Date.now): LimiterStore {
  const meters = new Map<string, MeterState>()
  let block: RateLimitBlock | undefined
  return {
    load: async () => block,
    save: async (next) => void (block = next),
    async meter(name, entry) {
      const { state, reading } = enterMeter(meters.get(name), entry, now())
      meters.set(name, state)
      return reading
    },
  }
}
