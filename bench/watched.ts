import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { atMost, figure, type Row } from './report.ts'

/** In milliseconds, so that nobody else notices. */
const mostWork = 50

/**
 * How long it takes, and how long it holds up everything else at most: by the clock, and by what the thread has worked
 * then, since on a busy machine it is others that hold it up.
 */
export async function watched(name: string, work: () => Promise<unknown>): Promise<Row[]> {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  await sleep(20)
  delays.enable()
  const begun = performance.now()
  let before = worked()
  let longest = 0
  const look = setInterval(() => {
    const after = worked()
    longest = Math.max(longest, after - before)
    before = after
  }, 1)
  await work()
  const seconds = (performance.now() - begun) / 1000
  // What blocks at the very end is seen only by the next sample.
  await sleep(20)
  clearInterval(look)
  delays.disable()
  return [
    figure(name, seconds, 's'),
    figure('  the longest that it blocks', delays.max / 1e6, 'ms'),
    atMost('  the longest that it works then', longest, mostWork, 'ms'),
  ]
}

/** In milliseconds. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}
