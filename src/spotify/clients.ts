import type { Http } from '../http.ts'
import { createSpotifyApi, type SpotifyApi } from './client.ts'
import { createRateLimiter, type LimiterStore, type Limits, type RateLimiter } from './rate-limit/limiter.ts'
import { createSpotifyOAuth, type SpotifyOAuth } from './oauth.ts'
import { sha256 } from '../crypto.ts'
import type { RateLimitBlock } from './rate-limit/retry-after.ts'
import type { Store } from '../store/store.ts'

/** One Spotify app: consents and tokens through it, and the Web API behind its gate. */
export interface SpotifyClient {
  readonly clientId: string
  readonly oauth: SpotifyOAuth
  readonly api: SpotifyApi
  /** The same for work that nobody waits for: people go first. */
  readonly background: SpotifyApi
  readonly limiter: Pick<RateLimiter, 'state'>
}

export interface SpotifyClients {
  /** The app of whoever runs the bot. */
  readonly operator: SpotifyClient
  /** The app of that Client ID: a person's own, without a secret, unless it is the operator's. */
  for(clientId: string): SpotifyClient
}

/** The limits are those of the operator's app; what others bring is not known to anybody. */
export interface SpotifySettings extends Limits {
  /** Such as `https://accounts.spotify.com`. */
  readonly accountsUrl: string
  /** Such as `https://api.spotify.com/v1`. */
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

const mostKept = 1_000

/**
 * @param memory what the gates of an app share: each app has a window and a quota of its own
 * @param window the length of Spotify's rolling window in milliseconds, where it is another one
 */
export function createSpotifyClients(
  { accountsUrl, apiUrl, clientId, clientSecret, ...limits }: SpotifySettings,
  http: Http,
  memory: (clientId: string) => LimiterStore,
  window?: number,
): SpotifyClients {
  const kept = new Map<string, SpotifyClient>()
  const operator = create(clientId, clientSecret, limits)

  return {
    operator,
    for(id) {
      if (id === clientId) return operator
      const client = kept.get(id) ?? create(id, undefined, {})
      kept.delete(id)
      kept.set(id, client)
      const [oldest] = kept.keys()
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
      return client
    },
  }

  function create(id: string, secret: string | undefined, limits: Limits): SpotifyClient {
    const gate = createRateLimiter(memory(id), limits, window)
    return {
      clientId: id,
      oauth: createSpotifyOAuth({ accountsUrl, clientId: id, clientSecret: secret }, http, gate),
      api: createSpotifyApi(apiUrl, http, gate, false),
      background: createSpotifyApi(apiUrl, http, gate, true),
      limiter: gate,
    }
  }
}

/**
 * What the gates of a Spotify app share in the store, by its Client ID. Under a hash: the one that somebody brought
 * goes with their link, and a block may last for a day.
 */
export function limiterStore(store: Store, clientId: string): LimiterStore {
  const key = sha256(clientId)
  return {
    load: async () => (await store.get('gate', key)) as RateLimitBlock | undefined,
    save: ({ until, reason }) => store.set('gate', key, { until, reason }, Math.max(until - Date.now(), 1)),
    meter: (name, entry) => store.meter(`${name}:${key}`, entry),
  }
}

/** How far the operator's Spotify app may still go, as its gate knows it; what is not known is undefined. */
export interface AppLimits {
  /** Requests left of the day's budget. */
  readonly budgetLeft?: number | undefined
  /** Requests left in the rolling 30 seconds. */
  readonly windowLeft?: number | undefined
  /** Milliseconds since the epoch; in the past or undefined when nothing blocks. */
  readonly blockedUntil?: number | undefined
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
