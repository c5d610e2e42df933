import { LRUCache } from 'lru-cache'
import type { Config } from '../config.ts'
import type { Http } from '../http.ts'
import { noMetrics, type AppLimits, type Metrics } from '../metrics.ts'
import { createSpotifyApi } from './client.ts'
import { createRateLimiter, type LimiterStore, type Limits } from './rate-limit/limiter.ts'
import { createSpotifyOAuth } from './oauth.ts'
import { createSpotifySend } from './response.ts'
import { sha256 } from '../crypto.ts'

/** The limits are those of the operator's app; nobody knows those of the apps that people bring. */
type SpotifySettings = Omit<Config['spotify'], keyof Limits> & Limits

export type SpotifyClients = ReturnType<typeof createSpotifyClients>
/** One Spotify app: sign-in and tokens through it, and the Web API behind its rate limiter. */
export type SpotifyClient = SpotifyClients['operator']

/** @param options `window` is the length of Spotify's rolling window in milliseconds, where it is another one */
export function createSpotifyClients(
  { accountsUrl, apiUrl, clientId, clientSecret, ...limits }: SpotifySettings,
  http: Http,
  store: LimiterStore,
  { metrics = noMetrics, window }: { readonly metrics?: Metrics; readonly window?: number } = {},
) {
  const send = createSpotifySend(http, metrics)
  const kept = new LRUCache({ max: 1_000, memoMethod: (id: string) => create(id, undefined, {}) })
  const operator = create(clientId, clientSecret, limits)

  return {
    /** The bot operator's app. */
    operator,
    /** The app of that Client ID: a person's own, without a secret, unless it is the operator's, as without an id. */
    for: (id = clientId) => (id === clientId ? operator : kept.memo(id)),
    /** Tells the store of the requests that it has not been told of. */
    async flush(): Promise<void> {
      await Promise.all([operator, ...kept.values()].map(({ limiter }) => limiter.flush()))
    },
  }

  function create(id: string, secret: string | undefined, limits: Limits) {
    // Under a hash: a Client ID that somebody brought is deleted with their link, and a block may last for a day.
    const limiter = createRateLimiter(store, sha256(id), limits, window)
    return {
      clientId: id,
      oauth: createSpotifyOAuth({ accountsUrl, clientId: id, clientSecret: secret }, send, limiter, metrics),
      api: createSpotifyApi(apiUrl, send, limiter, false),
      /** The same for work that nobody waits for: interactive requests go first. */
      background: createSpotifyApi(apiUrl, send, limiter, true),
      limiter,
    }
  }
}

/** How far a Spotify app may still go, as this process knows it, and what all have asked, a minute ago at most. */
export async function limitsLeft({ limiter }: SpotifyClient): Promise<AppLimits> {
  const usage = await limiter.usage(60_000)
  const { blocked, window, day } = limiter.state()
  return {
    blockedUntil: blocked?.until,
    windowLeft: window && window.limit - window.used,
    budgetLeft: day && day.limit - day.used,
    day: usage,
  }
}
