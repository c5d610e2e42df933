import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { every } from '../src/roundups/worker.ts'

test('a job never overlaps itself, however long it takes', async () => {
  const stop = new AbortController()
  let running = 0
  let most = 0
  let runs = 0
  await every(
    1,
    async () => {
      most = Math.max(most, (running += 1))
      await sleep(5)
      running -= 1
      if ((runs += 1) === 5) stop.abort()
    },
    { signal: stop.signal, failed: () => undefined },
  )
  expect({ most, runs }).toEqual({ most: 1, runs: 5 })
})

test('a job that fails, in whatever way, is reported and runs again', async () => {
  const stop = new AbortController()
  const failures: unknown[] = []
  let runs = 0
  const job = (): Promise<void> => {
    runs += 1
    if (runs === 1) throw new Error('at once')
    if (runs === 2) return Promise.reject(new Error('later'))
    stop.abort()
    return Promise.resolve()
  }
  await every(1, job, { signal: stop.signal, failed: (error) => failures.push((error as Error).message) })
  expect(failures).toEqual(['at once', 'later'])
})

test('it ends at once when it is told to while it waits, and after its job when that runs', async () => {
  const stop = new AbortController()
  const ran = Promise.withResolvers<void>()
  let isOver = false
  const waiting = every(3_600_000, async () => ran.resolve(), { signal: stop.signal, failed: () => undefined })
  await ran.promise
  await turn()
  stop.abort()
  await waiting

  const again = new AbortController()
  const job = async (): Promise<void> => {
    again.abort()
    await turn()
    isOver = true
  }
  await every(1, job, { signal: again.signal, failed: () => undefined })
  expect(isOver).toBe(true)
})

test('nothing runs for somebody who has stopped before it begins', async () => {
  let runs = 0
  await every(1, async () => void (runs += 1), { signal: AbortSignal.abort(), failed: () => undefined })
  expect(runs).toBe(0)
})
