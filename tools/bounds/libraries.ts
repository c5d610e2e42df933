import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { openByteFiles } from '../../src/store/byte-files.ts'
import { longestPause, type Measure } from './measure.ts'

const people = 500
const size = 450_000

export default {
  what: 'Pause of the event loop while 500 libraries of 10,000 songs are kept, read, deleted, and end at once',
  unit: 'ms',
  bound: 50,
  async take() {
    const directory = mkdtempSync(join(tmpdir(), 'hearsay-libraries-'))
    const files = openByteFiles(directory)
    const { setBytes, getBytes, deleteBytes } = files.operations
    const index = randomBytes(size)
    const keep = (ttl: number) => everybody((name) => setBytes(name, index, ttl))
    const read = async (name: string): Promise<void> => {
      if ((await getBytes(name))?.length !== size) throw new Error(`${name} is not whole`)
    }
    const pauses: number[] = []
    try {
      pauses.push(await timed('kept', () => keep(60_000)))
      pauses.push(await timed('read', () => everybody(read)))
      pauses.push(await timed('deleted', () => everybody(deleteBytes)))
      await keep(2_000)
      await sleep(2_000)
      pauses.push(await timed('over, and swept', () => files.sweep()))
      await keep(1)
      const next = openByteFiles(directory)
      pauses.push(await timed('over, and swept at the next start', () => next.sweep()))
      if (readdirSync(join(directory, 'libraries')).length > 0) throw new Error('Some are left.')
    } finally {
      rmSync(directory, { recursive: true })
    }
    return Math.max(...pauses)
  },
} satisfies Measure

/** Ten at once. */
async function everybody(work: (name: string) => Promise<unknown>): Promise<void> {
  for (let first = 0; first < people; first += 10)
    await Promise.all(Array.from({ length: 10 }, (_, at) => work(`person-${first + at}`)))
}

async function timed(what: string, work: () => Promise<void>): Promise<number> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const began = performance.now()
  let took = 0
  const { passed: longest } = await longestPause(() => work().finally(() => (took = performance.now() - began)))
  delay.disable()
  const [max, p99] = [delay.max, delay.percentile(99)].map((nanoseconds) => (nanoseconds / 1e6).toFixed(1))
  console.log(
    `       ${what}: ${took.toFixed(0)} ms, longest ${longest.toFixed(1)}, by the monitor ${max} (p99 ${p99})`,
  )
  return longest
}
