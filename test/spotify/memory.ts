import type { LimiterStore } from '../../src/spotify/rate-limit/limiter.ts'
import type { RateLimitBlock } from '../../src/spotify/rate-limit/retry-after.ts'
import { enterMeter, type MeterState } from '../../src/store/meter.ts'

/** What the limiters of one app share. */
export interface LimiterMemory {
  load(): Promise<unknown>
  save(block: RateLimitBlock): Promise<void>
  readonly meter: LimiterStore['meter']
}

/** Within this process. */
export function memoryOfOne(now: () => number = Date.now): LimiterMemory {
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

/** A store that holds nothing but that. */
export function storeOf(memory: LimiterMemory): LimiterStore {
  return {
    get: async () => (await memory.load()) as RateLimitBlock | undefined,
    set: async (_kind, _key, block) => memory.save(block as unknown as RateLimitBlock),
    meter: memory.meter,
  }
}
