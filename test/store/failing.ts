import { expect } from 'vitest'
import { StoreUnavailableError } from '../../src/store/store.ts'
import type { Store } from '../../src/store/store.ts'
import { until } from '../world/until.ts'

/** One call of each kind. */
export const everyCall: Record<string, (store: Store) => Promise<unknown>> = {
  get: (store) => store.get('links', 'ana'),
  set: (store) => store.set('links', 'ana', 'changed'),
  create: (store) => store.create('links', 'ana', 'made'),
  delete: (store) => store.delete('links', 'ana'),
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
  getBytes: (store) => store.getBytes('ana'),
  setBytes: (store) => store.setBytes('ana', Buffer.from('songs'), 60_000),
  touchBytes: (store) => store.touchBytes('ana', 60_000),
  deleteBytes: (store) => store.deleteBytes('ana'),
  statBytes: (store) => store.statBytes('ana'),
  check: (store) => store.check(),
}

/** Each of the calls, all at once, fails as it should. What each fails with is as in `Promise.allSettled`. */
export async function expectAllToFail(store: Store): Promise<void> {
  const names = Object.keys(everyCall)
  const outcomes = await Promise.allSettled(Object.values(everyCall).map((call) => call(store)))
  for (const [index, outcome] of outcomes.entries()) {
    expect(outcome, names[index]).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
  }
}

/** What the work failed with. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const failure = await work.catch((error: unknown) => error)
  if (!(failure instanceof Error)) throw new Error(`It was expected to fail and gave ${String(failure)}.`)
  return failure
}

/** Asks until the store answers again. */
export async function recovery(store: Store): Promise<void> {
  await until('an answer of the store', () => isDone(store.check()))
}

/** Whether the work ends well. */
export function isDone(work: Promise<unknown>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  )
}
