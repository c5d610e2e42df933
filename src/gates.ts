import { sha256 } from './fingerprint.ts'
import type { AppLimits } from './metrics/metrics.ts'
import type { SpotifyClient } from './spotify/clients.ts'
import type { LimiterStore } from './spotify/rate-limit/limiter.ts'
import type { Block } from './spotify/rate-limit/retry-after.ts'
import type { Store } from './store/store.ts'

/**
 * What the gates of a Spotify app share in the store, by its Client ID. Under a hash: the one that somebody brought
 * goes with their link, and a block may last for a day.
 */
export function limiterStore(store: Store, clientId: string): LimiterStore {
  const key = sha256(clientId)
  return {
    load: async () => (await store.get('gate', key)) as Block | undefined,
    save: ({ until, reason }) => store.set('gate', key, { until, reason }, Math.max(until - Date.now(), 1)),
    meter: (name, entry) => store.meter(`${name}:${key}`, entry),
  }
}

/** How far a Spotify app may still go, as this process knows it. */
export function stateOf({ limiter: gate }: SpotifyClient): AppLimits {
  const { blocked, window, day } = gate.state()
  return {
    blockedUntil: blocked?.until,
    // Without a limit there is nothing to count down from.
    windowLeft: Number.isFinite(window.limit) ? window.limit - window.used : undefined,
    budgetLeft: day && day.limit - day.used,
  }
}
