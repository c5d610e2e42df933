/** How many requests were answered within a rolling time, counted in grains of time so that a day stays small. */
export interface SlidingWindow {
  add(at: number): void
  /** How many count at that time, over the last `span` milliseconds. */
  count(now: number, span: number): number
  /** When no more than `most` of them will count; now where that is so, or where it never will be. */
  downTo(most: number, now: number, span: number): number
  /** The earliest that still counts. */
  oldest(now: number, span: number): number | undefined
}

/** @param longest beyond which nothing is asked for. Everything counts for up to `grain` too long, never too short. */
export function createSlidingWindow(longest: number, grain: number): SlidingWindow {
  const buckets = new Map<number, number>()

  return {
    add(at) {
      const end = Math.ceil(at / grain) * grain
      buckets.set(end, (buckets.get(end) ?? 0) + 1)
      for (const old of buckets.keys()) {
        if (old + longest > at) break
        buckets.delete(old)
      }
    },
    count(now, span) {
      let sum = 0
      for (const [end, amount] of buckets) if (end + span > now) sum += amount
      return sum
    },
    downTo(most, now, span) {
      const counted = counting(now, span)
      let left = counted.reduce((sum, [, amount]) => sum + amount, 0)
      for (const [end, amount] of counted) {
        if (left <= most) break
        left -= amount
        if (left <= most) return end + span
      }
      return now
    },
    oldest: (now, span) => counting(now, span)[0]?.[0],
  }

  function counting(now: number, span: number): [end: number, amount: number][] {
    return [...buckets].filter(([end]) => end + span > now)
  }
}

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
