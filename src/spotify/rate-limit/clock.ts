/** Where a gate has its time from. Two clocks, since the one that people set may go back by hours. */
export interface Clock {
  /** Milliseconds since a moment of its own, which only ever go on. */
  now(): number
  /** Milliseconds since the epoch, as other processes and people have them. */
  wall(): number
  /** Calls `act` after so many milliseconds; the result calls it off. Waiting keeps no process alive. */
  after(milliseconds: number, act: () => void): () => void
}

// A longer timer would fire at once.
const longest = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  wall: () => Date.now(),
  after(milliseconds, act) {
    const timer = setTimeout(act, Math.min(Math.max(milliseconds, 0), longest)).unref()
    return () => clearTimeout(timer)
  },
}

/** The same moment for people and for other processes. */
export function toWall(at: number, { now, wall }: Clock): number {
  return at - now() + wall()
}

/** A moment of the clock that people set, on the gate's own. */
export function fromWall(at: number, { now, wall }: Clock): number {
  return at - wall() + now()
}
