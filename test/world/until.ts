import { setTimeout as sleep } from 'node:timers/promises'
import { allPrinted } from './printed.ts'

/** How long a test waits for anything, in milliseconds: on the busiest machine only what hangs takes longer. */
export const waitLimit = 60_000

const pause = 20

/**
 * Looks until there is something, and returns it. Past the limit it rejects, and says what it waited for and what the
 * programs of the test have printed so far. What `look` throws ends it at once.
 */
export async function until<Found>(
  what: string,
  look: () => Found | Promise<Found>,
): Promise<Exclude<Found, undefined | null | false>> {
  // Not by `performance` or `Date`, which a test may have in its own hands.
  const giveUpAt = process.hrtime.bigint() + BigInt(waitLimit) * 1_000_000n
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== null && found !== false)
      return found as Exclude<Found, undefined | null | false>
    if (process.hrtime.bigint() > giveUpAt) throw new Error(`Waited ${waitLimit / 1000} s for ${what}. ${allPrinted()}`)
    await sleep(pause)
  }
}
