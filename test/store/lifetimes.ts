import type { Store } from '../../src/store/store.ts'
import { until, waitLimit } from '../world/until.ts'

let count = 0

/** Waits until what was given so many milliseconds before now is over by the store's own clock, however slow all is. */
export async function over(store: Store, ttl: number): Promise<void> {
  const key = `marker:${(count += 1)}`
  await store.set('lifetimes', key, 'here', ttl)
  await until(`the end of ${ttl} ms in the store`, async () => (await store.get('lifetimes', key)) === undefined)
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
