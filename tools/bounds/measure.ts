import { setTimeout as sleep } from 'node:timers/promises'

/** A figure and what it may be at most. Each is the default export of a file here, which is its name. */
export interface Measure {
  readonly what: string
  readonly unit: string
  readonly bound: number
  take(): Promise<number>
}

/** What is in memory once everything that can go has gone, in megabytes. */
export async function heapUsed(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    // What waits for a turn of the event loop holds something yet.
    await sleep(20)
  }
  return process.memoryUsage().heapUsed / 2 ** 20
}

/** The longest time in which the event loop did nothing else while the work was under way, in milliseconds. */
export async function longestPause(work: () => Promise<void>): Promise<number> {
  let longest = 0
  let last = performance.now()
  let isOver = false
  const look = (): void => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  await work()
  await sleep(50)
  isOver = true
  return longest
}
