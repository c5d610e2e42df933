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

/** In milliseconds: by the clock, and by the processor time of the thread, which other processes do not lengthen. */
export interface Pause {
  readonly passed: number
  readonly worked: number
}

/** The longest time in which the event loop did nothing else while the work was under way. */
export async function longestPause(work: () => Promise<unknown>): Promise<Pause> {
  let [passed, worked] = [0, 0]
  let last = now()
  let isOver = false
  const look = (): void => {
    const next = now()
    passed = Math.max(passed, next.time - last.time)
    worked = Math.max(worked, next.processor - last.processor)
    last = next
    if (!isOver) setImmediate(look)
  }
  setImmediate(look)
  await work()
  // What blocks at the very end is seen only by a later turn.
  await sleep(50)
  isOver = true
  return { passed, worked }
}

function now() {
  const { user, system } = process.threadCpuUsage()
  return { time: performance.now(), processor: (user + system) / 1000 }
}
