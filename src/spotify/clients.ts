import type { Http } from '../http.ts'
import { createSpotifyApi, type SpotifyApi } from './client.ts'
import { createRateLimiter, type RateLimiter, type LimiterStore, type Limits } from './rate-limit/limiter.ts'
import { createSpotifyOAuth, type SpotifyOAuth } from './oauth.ts'

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
