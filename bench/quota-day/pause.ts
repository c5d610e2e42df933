import { setTimeout as sleep } from 'node:timers/promises'

/** In milliseconds: by the clock, and by the processor time of the thread, which other processes do not lengthen. */
export interface Pause {
  readonly passed: number
  readonly worked: number
}

/** The longest turn of the event loop while the work was under way. */
export async function longestTurn(work: () => Promise<unknown>): Promise<Pause> {
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
  // What blocks at the very end is seen only by the next turn.
  await sleep(20)
  isOver = true
  return { passed, worked }
}

function now() {
  const { user, system } = process.threadCpuUsage()
  return { time: performance.now(), processor: (user + system) / 1000 }
}
