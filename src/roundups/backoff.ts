import { LRUCache } from 'lru-cache'

const longest = 60 * 60_000

/** How long after so many failures in a row: twice as long each time, an hour at most. In milliseconds. */
export function pauseAfter(failures: number, first = 10_000): number {
  return Math.min(first * 2 ** failures, longest)
}

/** How often each has failed in a row in this process. */
export function createBackoff(first?: number) {
  const failures = new LRUCache<string, number>({ maxSize: 10_000, sizeCalculation: () => 1 })
  return {
    /** The pause after one more failure. */
    next(key: string): number {
      const before = failures.get(key) ?? 0
      failures.set(key, before + 1)
      return pauseAfter(before, first)
    },
    reset: (key: string) => void failures.delete(key),
  }
}
