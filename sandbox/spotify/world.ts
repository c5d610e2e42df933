import type { Request } from 'express'
import { makeCatalog } from '../songs/catalog.ts'
import type { Catalog } from '../songs/catalog.ts'
import type { FakeSpotify, Playlist, ScriptedAnswer, SeenRequest, Song, SpotifyAccount } from './spotify.ts'

/** What somebody has agreed to, for one app. */
export interface Grant {
  readonly account: SpotifyAccount
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly consentAt: number
  revoked: boolean
  /** The refresh tokens that are good, oldest first. */
  readonly tokens: string[]
}

export interface Code {
  readonly grant: Grant
  readonly redirectUri: string
  readonly challenge: string | undefined
  readonly expiresAt: number
}

export type Switches = Pick<FakeSpotify, 'trouble' | 'rotation' | 'redirectUris' | 'publicClients' | 'owners'>
type Recorded = { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] }

/** What an app may ask of the Web API in a window, and all apps of one owner in a day. */
export interface Limits {
  readonly windowLimit: number
  readonly windowMilliseconds: number
  readonly dailyLimit: number
}

/** Everything that the parts of the sandbox's Spotify share. Times in milliseconds. */
export interface World {
  readonly accounts: readonly SpotifyAccount[]
  readonly catalog: Catalog
  readonly credentials: FakeSpotify['credentials']
  readonly switches: Switches
  readonly limits: Limits
  readonly now: () => number
  /** How long access tokens are good, in seconds. */
  readonly accessLifetime: number
  /** Aborted when everything ends. */
  readonly closing: AbortSignal
  /** "http://127.0.0.1:PORT" once it listens. */
  origin: string
  readonly surprises: string[]
  readonly requests: Recorded[]
  readonly recordOf: WeakMap<Request, Recorded>
  readonly grantOf: WeakMap<Request, Grant>
  readonly scripts: { readonly match: RegExp; readonly answers: ScriptedAnswer[] }[]
  readonly grants: Grant[]
  readonly playlists: Playlist[]
  readonly codes: Map<string, Code>
  readonly accessTokens: Map<string, { readonly grant: Grant; expiresAt: number }>
  readonly refreshTokens: Map<string, Grant>
  /** When each app asked, and each owner's apps, as long as that counts. */
  readonly asked: Map<string, number[]>
  /** Requests that came too early, with the milliseconds to wait. */
  readonly overdrawn: WeakMap<Request, { readonly wait: number; readonly reason?: string }>
  /** Songs that were seen before, so that they can be saved again after everybody has dropped them. */
  readonly seenSongs: Map<string, Song>
}

export interface SpotifyOptions {
  readonly accounts: readonly SpotifyAccount[]
  /** Milliseconds since the epoch; the machine's clock when absent. */
  readonly now?: () => number
  /** How long access tokens are good, in seconds; an hour when absent. */
  readonly accessLifetime?: number
  /** Requests to the Web API that an app may make in a rolling 30 seconds; no limit when absent. */
  readonly windowLimit?: number
  /** Another length of that window, for those who cannot wait. */
  readonly windowMilliseconds?: number
  /** Requests to the Web API that the apps of an owner may make in a rolling day; no limit when absent. */
  readonly dailyLimit?: number
}

/** Of every sandbox's app. */
export const credentials = {
  clientId: '5b0e7c1d94f24a6fa3c8d2e6b17f4093',
  clientSecret: 'e41f8a2c6d9b43708f5c3e7a90b1d264',
}

export function createWorld(options: SpotifyOptions, closing: AbortSignal): World {
  return {
    accounts: options.accounts,
    catalog: makeCatalog(),
    credentials,
    switches: { trouble: { kind: 'none' }, rotation: false, redirectUris: [], publicClients: [], owners: {} },
    limits: {
      windowLimit: options.windowLimit ?? Infinity,
      windowMilliseconds: options.windowMilliseconds ?? 30_000,
      dailyLimit: options.dailyLimit ?? Infinity,
    },
    now: options.now ?? Date.now,
    accessLifetime: options.accessLifetime ?? 3600,
    closing,
    origin: 'https://spotify.test',
    surprises: [],
    requests: [],
    recordOf: new WeakMap(),
    grantOf: new WeakMap(),
    scripts: [],
    grants: [],
    playlists: [],
    codes: new Map(),
    accessTokens: new Map(),
    refreshTokens: new Map(),
    asked: new Map(),
    overdrawn: new WeakMap(),
    seenSongs: new Map(),
  }
}

/** Undefined for a parameter that is absent or given twice. */
export function single(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
