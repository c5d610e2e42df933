/** The same throws for the same seed. */
export interface Random {
  /** From 0 up to, not including, 1. */
  throw(): number
  /** True in that share of all cases. */
  chance(share: number): boolean
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number
  oneOf<Item>(items: readonly Item[]): Item
}

/** Mulberry32. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const random: Random = {
    throw() {
      state = (state + 0x6d2b79f5) >>> 0
      let mixed = Math.imul(state ^ (state >>> 15), state | 1)
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
    },
    chance: (share) => random.throw() < share,
    between: (from, to) => from + Math.floor(random.throw() * (to - from + 1)),
    oneOf: (items) => items[random.between(0, items.length - 1)] as (typeof items)[number],
  }
  return random
}
