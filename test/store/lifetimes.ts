import { setTimeout as sleep } from 'node:timers/promises'
import { waitLimit } from '../world/until.ts'

/**
 * Waits until what was given so many milliseconds before now has to be over by the clock of this machine, which is
 * that of every store here. A slow machine only makes it later.
 */
export async function over(ttl: number): Promise<void> {
  // Stores count whole milliseconds.
  const end = Date.now() + ttl + 2
  while (Date.now() < end) await sleep(end - Date.now())
}

/**
 * Does something in much less time than the lifetime that it is given, so that nothing of it ended meanwhile. Where the
 * machine is too slow for that, it is done anew with a longer one. `name` is another one each time.
 */
export async function before<T>(
  name: string,
  attempt: (ttl: number, name: string) => Promise<T>,
): Promise<{ readonly ttl: number; readonly name: string; readonly result: T }> {
  for (let ttl = 40; ttl <= waitLimit; ttl *= 2) {
    const began = performance.now()
    const ownName = `${name}:${ttl}`
    const result = await attempt(ttl, ownName)
    if (performance.now() - began < ttl / 2) return { ttl, name: ownName, result }
  }
  throw new Error(`"${name}" takes longer than ${waitLimit / 2000} s.`)
}
