/** One limit on how often a Spotify app may ask. Whoever keeps it is told of every request. */
export interface RequestLimit {
  /** What a wait for it is called: "rate" takes seconds, "quota" hours. */
  readonly reason: 'rate' | 'quota'
  /** How many are waiting. Where room has to be fetched, it is, and `changed` is called when that has ended. */
  need(people: number, background: number): void
  hasRoom(background: boolean): boolean
  /** A request goes out; it is in flight until `answered`. */
  take(): void
  answered(answer: Answered): void
  /** While there is no room: when there will be, as far as is known, and when to look again. */
  nextRoom(background: boolean): { readonly until: number; readonly look: number }
  state(): LimitState
}

export interface Answered {
  readonly sentAt: number
  /** Until when Spotify asks to wait, where that was the answer. */
  readonly refusedUntil?: number | undefined
}

export interface LimitState {
  /** Infinity where none is known. */
  readonly limit: number
  /** What counts towards it now: answered or in flight, of every process as far as is known. */
  readonly used: number
}
