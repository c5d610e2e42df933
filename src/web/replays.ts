/** Which interactions have been taken lately, by their ids: decimal numbers of 64 bits. */
export interface Replays {
  /** True the first time that an id is met. */
  isNew(id: string): boolean
}

/** Twice 1 MB for good, so that nothing grows with the number of interactions. */
const slots = 2 ** 17

/**
 * Remembers ids for `window` milliseconds and up to twice that; where more than 65,000 come within it, for as
 * long as those take. In this process only: a guard in the store would cost every answer a round trip. What changes
 * something is guarded there as well (src/discord/replays.ts).
 */
export function createReplays(window: number, now: () => number): Replays {
  let current = new BigUint64Array(slots)
  let before = new BigUint64Array(slots)
  let count = 0
  let since = now()

  return {
    isNew(id) {
      const elapsed = now() - since
      if (elapsed > window || count === slots / 2) turn(elapsed > 2 * window)
      const key = BigInt.asUintN(64, BigInt(id))
      if (before[slotOf(before, key)] === key) return false
      const slot = slotOf(current, key)
      if (current[slot] === key) return false
      current[slot] = key
      count += 1
      return true
    },
  }

  function turn(isOver: boolean): void {
    ;[current, before] = [before, current]
    current.fill(0n)
    if (isOver) before.fill(0n)
    count = 0
    since = now()
  }
}

/** Where the key stands, or would. Zero, which is nobody's id, marks a free slot. */
function slotOf(table: BigUint64Array, key: bigint): number {
  let slot = Number(BigInt.asUintN(64, key * 0x9e3779b97f4a7c15n) >> 47n)
  while (table[slot] !== 0n && table[slot] !== key) slot = (slot + 1) % slots
  return slot
}
