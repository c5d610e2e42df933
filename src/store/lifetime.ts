/** A lifetime as both backends take it: whole milliseconds. One that is already over ends in the next one. */
export function wholeMs(ttl: number): number {
  return Math.max(1, Math.ceil(ttl))
}
