import { performance } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'

/** One call of each kind. */
export const everyCall: Record<string, (store: Store) => Promise<unknown>> = {
  get: (store) => store.get('links', 'ana'),
  set: (store) => store.set('links', 'ana', 'changed'),
  create: (store) => store.create('links', 'ana', 'made'),
  delete: (store) => store.delete('links', 'ana'),
  take: (store) => store.getAndDelete('links', 'ana'),
  replace: (store) => store.compareAndSet('links', 'ana', 1, { version: 2 }),
  discard: (store) => store.deleteIfVersion('links', 'ana', 1),
  keys: (store) => Array.fromAsync(store.keys('links')),
  add: (store) => store.add('guild', 'ana'),
  remove: (store) => store.remove('guild', 'ana'),
  members: (store) => store.members('guild'),
  schedule: (store) => store.schedule('due', 'ana', 1),
  unschedule: (store) => store.unschedule('due', 'ana'),
  due: (store) => store.due('due', 1, 1),
  lease: (store) => store.lease('ana', 60_000),
  meter: (store) =>
    store.meter('requests', { owner: 'p', span: 1, bucket: 1, heldFor: 1, spent: [], held: 0, want: 1, limit: 1 }),
  check: (store) => store.check(),
}

/** Each of the calls, all at once, fails as it should and within two seconds. */
export async function expectAllToFail(store: Store): Promise<void> {
  for (const [name, outcome] of await Promise.all(
    Object.entries(everyCall).map(([name, call]) => timed(name, call(store))),
  )) {
    expect(outcome, name).toBeInstanceOf(StoreUnavailableError)
  }
}

/** What the work failed with, which must take less than two seconds. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const [, failure] = await timed('the work', work)
  if (!(failure instanceof Error)) throw new Error(`It was expected to fail and gave ${String(failure)}.`)
  return failure
}

/** Asks until the store answers again, for at most three seconds. */
export async function recovery(store: Store): Promise<void> {
  const start = performance.now()
  for (;;) {
    try {
      return await store.check()
    } catch (error) {
      if (performance.now() - start > 3_000) throw error
      await sleep(25)
    }
  }
}

async function timed(name: string, work: Promise<unknown>): Promise<[string, unknown]> {
  const start = performance.now()
  const outcome = await work.catch((error: unknown) => error)
  expect(performance.now() - start, `milliseconds for ${name}`).toBeLessThan(2_000)
  return [name, outcome]
}
