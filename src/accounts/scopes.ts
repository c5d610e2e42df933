/** The least that the program works with; an answer without it is refused. */
export const readScope = 'user-library-read'

/** Asked for only by those who save a song. */
export const modifyScope = 'user-library-modify'

/** What to ask Spotify for: it grants no more than that, so what somebody had before is asked for again. */
export function scopesToAsk(before: readonly string[], saving: boolean): readonly string[] {
  return saving || before.includes(modifyScope) ? [readScope, modifyScope] : [readScope]
}
