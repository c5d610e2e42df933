/**
 * How many requests ended within a rolling time, counted in buckets of time so that a day stays small. The times that
 * it is given only ever go on.
 * @param span how long a request counts, in milliseconds, and for up to `bucket` longer, never shorter
 */
export function createSlidingWindow(span: number, bucket: number) {
  /** How many ended in the bucket that ends then, the earliest first. */
  const buckets = new Map<number, number>()
  let sum = 0

  return { add, count, timeOfCount }

  function add(at: number): void {
    const end = Math.ceil(at / bucket) * bucket
    buckets.set(end, (buckets.get(end) ?? 0) + 1)
    sum += 1
    expire(at)
  }

  /** How many count at that time. */
  function count(now: number): number {
    expire(now)
    return sum
  }

  /** When no more than `most` of them will count; now where that is so, or where it never will be. */
  function timeOfCount(most: number, now: number): number {
    let left = count(now)
    for (const [end, amount] of left > most ? buckets : []) {
      left -= amount
      if (left <= most) return end + span
    }
    return now
  }

  function expire(now: number): void {
    for (const [end, amount] of buckets) {
      if (end + span > now) return
      buckets.delete(end)
      sum -= amount
    }
  }
}

/** Two clocks, since the one that people set may go back by hours. */
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

/** A moment of the clock that people set, on the limiter's own. */
export function fromWall(at: number, { now, wall }: Clock): number {
  return at - wall() + now()
}
