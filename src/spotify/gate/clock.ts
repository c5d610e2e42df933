/** Where a gate has its time from. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Calls `act` after so many milliseconds; the result calls it off. Waiting keeps no process alive. */
  after(milliseconds: number, act: () => void): () => void
}

// A longer timer would fire at once.
const longest = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, Math.min(Math.max(milliseconds, 0), longest)).unref()
    return () => clearTimeout(timer)
  },
}
