/**
 * What the songs of one kind of music are called. Patterns are text with {slots}; `words` has what may be in each
 * slot, separated by ", ". Every word and name is made up for this sandbox.
 */
export interface Taste {
  readonly name: string
  readonly artists: readonly string[]
  readonly albums: readonly string[]
  readonly titles: readonly string[]
  readonly words: Readonly<Record<string, string>>
}
