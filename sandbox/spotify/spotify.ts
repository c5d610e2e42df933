/** A song as the sandbox's Spotify knows it; the API answers are made from it. */
export interface Song {
  readonly id: string
  readonly title: string
  readonly artists: readonly string[]
  readonly album: string
  /** What the sandbox draws its picture from, or the address of one. */
  readonly cover: string
  readonly durationMs: number
  readonly local?: boolean
  /** Where it is not said, one song in twelve is. */
  readonly explicit?: boolean
  /** An episode of a podcast, which some people have among their saved songs. */
  readonly episode?: boolean
  /** Set to false for a song that is not available: its answer carries restrictions where a market was asked for. */
  readonly playable?: boolean
}

export interface Saved {
  readonly song: Song | null
  /** Milliseconds since the epoch. */
  readonly addedAt: number
}

export interface SpotifyAccount {
  readonly id: string
  readonly name: string
  /** A short sentence about the library, for people who choose between accounts. */
  readonly about?: string
  /** Newest first; tests and the chat page change it. */
  library: Saved[]
  /** On the app's allow-list of development mode. */
  allowed: boolean
}

/** Tests and the page of a person's playlists change it. */
export interface Playlist {
  readonly id: string
  /** The account that made it. */
  readonly owner: string
  name: string
  readonly description: string
  isPublic: boolean
  /** Whether others may change it too. */
  isShared: boolean
  /** Whether its owner has it: who deletes a playlist only stops having it. */
  isKept: boolean
  /** Uris, in order. */
  items: string[]
}

/**
 * What the switches of the chat page choose from. `retryAfter` and `delay` in seconds; `held` answers after `until`.
 * About pages of songs alone: `no-page` sends what is none with 200, each as it was seen on the real one; `broken-pages`
 * answers 500 for those that have a song at an offset from `from` up to, not including, `to`; `wrong-total` sends that
 * number instead of how many songs there are; `short-pages` sends that many songs of each page at most.
 */
export type Trouble =
  | { readonly kind: 'none' }
  | { readonly kind: 'unauthorized' | 'not-allowed' | 'no-premium' | 'server-error' | 'dripping' | 'lying' }
  | { readonly kind: 'rate-limited' | 'quota'; readonly retryAfter: number }
  | { readonly kind: 'slow'; readonly delay: number }
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  | { readonly kind: 'no-page' }
  | { readonly kind: 'broken-pages'; readonly from: number; readonly to: number }
  | { readonly kind: 'wrong-total'; readonly total: number }
  | { readonly kind: 'short-pages'; readonly most: number }

/**
 * One scripted answer: `body` as is when a string or bytes, else as JSON, called JSON unless `headers` say otherwise;
 * `hang` never answers, `drip` sends a byte a second, `reset` cuts the connection.
 */
export interface ScriptedAnswer {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  readonly fault?: 'hang' | 'drip' | 'reset'
}

export interface SeenRequest {
  readonly method: string
  /** As on the wire, without the query: "/v1/me/tracks", "/api/token". */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** 0 until it is answered, and for ever where it was cut off or left hanging. */
  readonly status: number
  readonly accountId?: string
  readonly at: number
}

/** What somebody has agreed to, as another sandbox takes it over. */
export interface HeldGrant {
  readonly refreshToken: string
  readonly accountId: string
  readonly clientId: string
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly consentAt: number
}

/** A Spotify on loopback: the authorize page, the token endpoint and the Web API, with the limits of development mode. */
export interface FakeSpotify {
  /** For SPOTIFY_API_URL. */
  readonly apiUrl: string
  /** For SPOTIFY_ACCOUNTS_URL. */
  readonly accountsUrl: string
  readonly credentials: { readonly clientId: string; readonly clientSecret: string }
  readonly accounts: readonly SpotifyAccount[]
  /** Oldest first. */
  readonly playlists: Playlist[]
  /** Every request so far, of the API and of the token endpoint. */
  readonly requests: readonly SeenRequest[]
  /** What it does not know (answered 501) or what a client must never send. */
  readonly surprises: string[]
  trouble: Trouble
  /**
   * Whether refreshing gives a new refresh token, which makes the one before useless: at once, or, where it is lenient,
   * when the new one is used.
   */
  rotation: boolean | 'lenient'
  /** Redirect URIs registered in its dashboard. Empty: any loopback one is taken. */
  redirectUris: string[]
  /** Client ids of other apps, without a secret: the Client IDs that members bring. */
  publicClients: string[]
  /** Who owns the app of a Client ID, where that is not somebody of its own: apps of one owner share its quota. */
  owners: Record<string, string>
  account(id: string): SpotifyAccount
  /** Saves a song now: the one given, or a made-up one. One that is liked already stays where it is, as on the real one. */
  like(accountId: string, song?: Song): Saved
  /** Saves so many made-up songs in this second, as an import does. */
  importSongs(accountId: string, count: number): void
  unlike(accountId: string, songId: string): void
  /** A song that somebody here has liked. */
  song(songId: string): Song | undefined
  /** The next answers to requests whose "METHOD /path" matches are these, in order. */
  script(match: RegExp, ...answers: ScriptedAnswer[]): void
  /** Access tokens so far, of one account or of all, answer 401; refresh tokens stay good. */
  expireAccessTokens(accountId?: string): void
  /** Refresh tokens of this account answer invalid_grant from now on. */
  revoke(accountId: string): void
  /** Every refresh token so far that is still good. */
  grants(): readonly HeldGrant[]
  /** Knows the refresh tokens of another sandbox from now on, for a program that goes on with what it stored there. */
  adopt(grants: readonly HeldGrant[]): void
  close(): Promise<void>
}
