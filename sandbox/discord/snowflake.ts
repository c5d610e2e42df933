const epoch = 1_420_070_400_000n

/** Makes ids as Discord does: 17 to 19 digits that carry their time, always rising even when the clock goes back. */
export function snowflakes(now: () => number): () => string {
  let last = 0n
  return () => {
    const fresh = (BigInt(Math.trunc(now())) - epoch) << 22n
    last = fresh > last ? fresh : last + 1n
    return String(last)
  }
}
