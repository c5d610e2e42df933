import type { LimiterStore } from '../../src/spotify/rate-limit/limiter.ts'
import type { RateLimitBlock } from '../../src/spotify/rate-limit/retry-after.ts'
import { enterMeter, type MeterState } from '../../src/store/meter.ts'
import type { Json } from '../../src/store/store.ts'

/** What the limiters of one app share. */
export interface LimiterMemory {
  load(): Promise<unknown>
  save(block: RateLimitBlock): Promise<void>
  readonly meter: LimiterStore['meter']
  /** All but the block, by kind and key. */
  readonly records: Map<string, { readonly value: Json; readonly until: number }>
  now(): number
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
    records: new Map(),
    now,
  }
}

/** A store that holds nothing but that. */
export function storeOf(memory: LimiterMemory): LimiterStore {
  const { records, now } = memory
  return {
    async get(kind, key) {
      if (kind === 'gate') return (await memory.load()) as RateLimitBlock | undefined
      const { value, until = 0 } = records.get(`${kind}:${key}`) ?? {}
      return until > now() ? value : undefined
    },
    async set(kind, key, value, ttl = Infinity) {
      if (kind === 'gate') return memory.save(value as unknown as RateLimitBlock)
      records.set(`${kind}:${key}`, { value, until: now() + ttl })
    },
    meter: memory.meter,
  }
}
