import type { AppLimits } from '../spotify/clients.ts'

/** What became of an interaction: "refused" is an answer that says no, "failed" one that the operator has to look at. */
export const interactionOutcomes = ['answered', 'refused', 'failed', 'unanswered'] as const
export type InteractionOutcome = (typeof interactionOutcomes)[number]

export interface SeenInteraction {
  /** The command's name; "unknown" for what no file of `commands/` answers. */
  readonly command: string
  readonly kind: 'command' | 'menu' | 'press' | 'dialog' | 'suggestions'
  readonly outcome: InteractionOutcome
  /** From receipt until Discord has taken the acknowledgement, in milliseconds; undefined when it never did. */
  readonly acknowledgedAfter: number | undefined
  /** From receipt until everything was said, in milliseconds. */
  readonly endedAfter: number
}

export type SpotifyEndpoint = 'token' | 'me' | 'tracks' | 'library' | 'other'
export type SpotifyAnswer =
  | '200'
  | '401'
  | '403'
  | '429'
  | '4xx'
  | '5xx'
  | 'timeout'
  | 'network'
  | 'cancelled'
  | 'other'

/** "ended": Spotify no longer takes the refresh token. "misconfigured": it does not take the app. "limited": it asks to wait. */
export const refreshOutcomes = ['refreshed', 'ended', 'misconfigured', 'limited', 'failed'] as const
export type RefreshOutcome = (typeof refreshOutcomes)[number]

/** "skipped": it was due, but there was nothing to post, or it was too late. "refused": Discord lets nobody post there. */
export const roundupOutcomes = ['posted', 'skipped', 'refused', 'failed'] as const
export type RoundupOutcome = (typeof roundupOutcomes)[number]

/**
 * What the program counts about itself, at a handful of places. Every label has few values, all of them words of the
 * program: never who, where, or which song. No method throws or waits.
 */
export interface Metrics {
  /** Once an interaction is over, however it ended. */
  interaction(seen: SeenInteraction): void
  /** Once a request to Spotify is over; its time in milliseconds. */
  spotify(endpoint: SpotifyEndpoint, answer: SpotifyAnswer, milliseconds: number): void
  refresh(outcome: RefreshOutcome): void
  roundup(outcome: RoundupOutcome): void
  /** `operation` is the name of a method of the store or of a lease. */
  storeError(operation: string): void
}

/** Where nobody looks. */
export const noMetrics: Metrics = {
  interaction: nothing,
  spotify: nothing,
  refresh: nothing,
  roundup: nothing,
  storeError: nothing,
}

/** Asked at every look at the metrics. Undefined, or a rejection, when there is nothing to tell. */
export type ReadAppLimits = () => AppLimits | undefined | Promise<AppLimits | undefined>

function nothing(): void {}
