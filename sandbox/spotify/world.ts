import type { Request } from 'express'
import type { Catalog } from '../songs/catalog.ts'
import type { FakeSpotify, ScriptedAnswer, SeenRequest, Song, SpotifyAccount } from './spotify.ts'

/** What somebody has agreed to, for one app. */
export interface Grant {
  readonly account: SpotifyAccount
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly consentAt: number
  revoked: boolean
}

export interface Code {
  readonly grant: Grant
  readonly redirectUri: string
  readonly challenge: string | undefined
  readonly expiresAt: number
}

export type Switches = Pick<FakeSpotify, 'trouble' | 'rotation' | 'redirectUris' | 'publicClients'>
type Recorded = { -readonly [Key in keyof SeenRequest]: SeenRequest[Key] }

/** What an app may ask of the Web API. */
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
  /** Aborted when everything ends. */
  readonly closing: AbortSignal
  /** "http://127.0.0.1:PORT", known once it listens. */
  origin: string
  readonly surprises: string[]
  readonly requests: Recorded[]
  readonly recordOf: WeakMap<Request, Recorded>
  readonly grantOf: WeakMap<Request, Grant>
  readonly scripts: { readonly match: RegExp; readonly answers: ScriptedAnswer[] }[]
  readonly grants: Grant[]
  readonly codes: Map<string, Code>
  readonly accessTokens: Map<string, { readonly grant: Grant; expiresAt: number }>
  readonly refreshTokens: Map<string, Grant>
  /** When each app asked, as long as that counts. */
  readonly asked: Map<string, number[]>
  /** Requests that came too early, with the milliseconds to wait. */
  readonly overdrawn: WeakMap<Request, { readonly wait: number; readonly reason?: string }>
  /** Songs that were seen before, so that they can be saved again after everybody has dropped them. */
  readonly seenSongs: Map<string, Song>
}

/** Undefined for a parameter that is absent or given twice. */
export function single(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
