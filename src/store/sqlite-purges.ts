import { setTimeout as sleep } from 'node:timers/promises'

const longestRest = 10_000

/** One purge at a time, then a rest of fifty times as long; of ten seconds at most, and after a failure. */
export function schedulePurges(purge: () => Promise<void>) {
  const ending = new AbortController()
  let isWanted = false
  let underWay: Promise<void> | undefined
  return { soon, end }

  function soon(): void {
    isWanted = true
    underWay ??= run()
  }

  async function run(): Promise<void> {
    while (isWanted) {
      await rest(100)
      if (ending.signal.aborted) return
      isWanted = false
      const began = performance.now()
      try {
        await purge()
        await rest(Math.min((performance.now() - began) * 50, longestRest))
      } catch {
        // Another program keeps the file locked, or the disk is full. Closing purges as well, and tells of its failure.
        isWanted = true
        await rest(longestRest)
      }
    }
    underWay = undefined
  }

  function rest(milliseconds: number): Promise<void> {
    return sleep(milliseconds, undefined, { ref: false, signal: ending.signal }).catch(() => undefined)
  }

  async function end(): Promise<void> {
    ending.abort()
    await underWay
  }
}
