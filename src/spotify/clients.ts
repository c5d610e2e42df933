import type { Http } from '../http.ts'
import { createSpotifyApi, type SpotifyApi } from './client.ts'
import { createGate, type BlockMemory } from './gate.ts'
import { createSpotifyOAuth, type SpotifyOAuth } from './oauth.ts'

/** One Spotify app: consents and tokens through it, and the Web API behind its gate. */
export interface SpotifyClient {
  readonly clientId: string
  readonly oauth: SpotifyOAuth
  readonly api: SpotifyApi
}

export interface SpotifyClients {
  /** The app of whoever runs the bot. */
  readonly operator: SpotifyClient
  /** The app of that Client ID: a person's own, without a secret, unless it is the operator's. */
  for(clientId: string): SpotifyClient
}

export interface SpotifySettings {
  /** Such as `https://accounts.spotify.com`. */
  readonly accountsUrl: string
  /** Such as `https://api.spotify.com/v1`. */
  readonly apiUrl: string
  readonly clientId: string
  readonly clientSecret: string
}

const mostKept = 1_000

/** `memory` is where the block of an app's gate is kept: each app has a window and a quota of its own. */
export function createSpotifyClients(
  { accountsUrl, apiUrl, clientId, clientSecret }: SpotifySettings,
  http: Http,
  memory: (clientId: string) => BlockMemory,
): SpotifyClients {
  const kept = new Map<string, SpotifyClient>()
  const operator = create(clientId, clientSecret)

  return {
    operator,
    for(id) {
      if (id === clientId) return operator
      const client = kept.get(id) ?? create(id, undefined)
      kept.delete(id)
      kept.set(id, client)
      const [oldest] = kept.keys()
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
      return client
    },
  }

  function create(id: string, secret: string | undefined): SpotifyClient {
    const gate = createGate(memory(id))
    const oauth = createSpotifyOAuth({ accountsUrl, clientId: id, clientSecret: secret }, http, gate)
    return { clientId: id, oauth, api: createSpotifyApi(apiUrl, http, gate) }
  }
}
