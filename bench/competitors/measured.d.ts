import type { SpotifyAddress } from '../spotify.ts'

/** What every competitor is given. */
export interface Input extends SpotifyAddress {
  readonly account: string
}

export interface Measured {
  /** Milliseconds. */
  readonly time: number
  /** Milliseconds of processor time. */
  readonly cpu: number
  /** Resident memory before the work began, in bytes. */
  readonly before: number
  /** The most that was ever resident, in bytes. */
  readonly peak: number
  /** What the result holds of the heap, in bytes. */
  readonly kept: number
  readonly songs: number
}

export const input: Input
export function measured(work: () => Promise<{ readonly songs: number; readonly held: object }>): Promise<void>
export function signIn(input: Input): Promise<string>
