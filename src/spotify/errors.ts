/** A failure at Spotify. Messages are for the log and hold no secret. */
export class SpotifyError extends Error {
  override readonly name: string = this.constructor.name
  /** Whether it came through a person's own Spotify app, which the bot's operator cannot repair. */
  ownApp = false
}

/** No answer, a 5xx, or an answer that makes no sense: trying later may help. */
export class SpotifyDownError extends SpotifyError {}

/** The access token is not taken (any more): refresh it. */
export class UnauthorizedError extends SpotifyError {}

/** The person is not among those whom the app's owner has allowed in the dashboard. */
export class NotAllowedError extends SpotifyError {}

/** The app's owner has no Premium, so Spotify answers nobody. */
export class OwnerPremiumError extends SpotifyError {}

/** The person has not granted what this request needs. */
export class ScopeError extends SpotifyError {}

/** Spotify asks for patience. `until` in milliseconds since the epoch; "quota" lasts hours, "rate" seconds. */
export class RateLimitedError extends SpotifyError {
  // Of those that were not even sent as well.
  override readonly name = 'RateLimitedError'
  readonly until: number
  readonly reason: 'rate' | 'quota'

  constructor(until: number, reason: 'rate' | 'quota', what = 'Spotify asks to wait') {
    super(`${what} until ${new Date(until).toISOString()} (${reason})`)
    this.until = until
    this.reason = reason
  }
}

/** We did not ask, because the wait would have been too long. */
export class TurnedAwayError extends RateLimitedError {}

/**
 * We did not ask: a whole library takes about `needed` requests, where that is known, and the day has `left` for
 * readings until then; or no day has enough.
 */
export class BudgetError extends RateLimitedError {
  readonly needed: number | undefined
  readonly left: number
  readonly isPossible: boolean

  constructor(until: number, needed: number | undefined, left: number, isPossible = true) {
    super(until, 'quota', `A reading takes ${needed ?? 'some'} requests, and ${left} are left for readings`)
    this.needed = needed
    this.left = left
    this.isPossible = isPossible
  }
}

/** The refresh token or code is no longer good. */
export class InvalidGrantError extends SpotifyError {}

/** The app is gone, or its client id or secret is wrong: no person's connection is at fault. */
export class InvalidClientError extends SpotifyError {}

/** Spotify refuses the request as it is: a mistake of ours, or something that is not there. */
export class RefusedError extends SpotifyError {
  /** Of the answer. */
  status = 400
}

/** What the request names is none, or Spotify does not know it. */
export class UnknownItemError extends RefusedError {}
