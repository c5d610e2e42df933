import { expect, test } from 'vitest'
import type { Roundups } from '../../src/roundups/roundups.ts'
import type { Lease, Store } from '../../src/store/store.ts'
import { createRoundupsFixture, delivered, friday, type RoundupsFixture } from './roundups-fixture.ts'

test.each([
  ['before', 'soon', 31_000],
  ['after', 'soon', 31_000],
  // Discord has forgotten the nonce by then.
  ['before', 'minutes later', 6 * 60_000],
  ['after', 'minutes later', 6 * 60_000],
] as const)(
  'SC-157 whoever dies %s any of their steps leaves one post behind, taken over %s',
  async (moment, _, wait) => {
    let steps = 0
    for (let last = 1; ; last += 1) {
      const fixture = createRoundupsFixture()
      await fixture.opens()
      fixture.time = friday
      const mortal = mortalProcess(fixture, last, moment)
      await Promise.race([delivered(mortal.roundups), mortal.dead])
      if (!mortal.hasDied()) break
      steps = last
      fixture.time += wait
      await delivered(fixture.process())
      expect(fixture.chat.posts, `step ${last}`).toHaveLength(1)
      expect(await fixture.process().schedule('197038439483310086'), `step ${last}`).toMatchObject({
        posted: '2026-W47',
        posting: null,
      })
    }
    expect(steps).toBeGreaterThan(20)
  },
)

/** A process that does nothing any more from that step on. */
function mortalProcess(
  fixture: RoundupsFixture,
  last: number,
  moment: 'before' | 'after',
): { readonly roundups: Roundups; readonly dead: Promise<void>; hasDied(): boolean } {
  const death = Promise.withResolvers<void>()
  let steps = 0
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1
    if (steps > last || (steps === last && moment === 'before')) return never<T>()
    const done = await work()
    return steps >= last ? never<T>() : done
  }
  const never = <T>(): Promise<T> => {
    death.resolve()
    return new Promise<T>(() => undefined)
  }
  const store = stepwise(fixture.store, step)
  const lease = async (...of: Parameters<Store['lease']>): Promise<Lease | undefined> => {
    const held = await step(() => fixture.store.lease(...of))
    return held && stepwise(held, step)
  }
  const publisher = stepwise(fixture.chat.publisher, step)
  return {
    roundups: fixture.process({ ...store, lease }, publisher),
    dead: death.promise,
    hasDied: () => steps >= last,
  }
}

/** Every method of it is a step. */
function stepwise<Thing extends object>(thing: Thing, step: <T>(work: () => Promise<T>) => Promise<T>): Thing {
  const methods = Object.entries(thing).filter(([, value]) => typeof value === 'function')
  const wrapped = methods.map(([name, method]) => [
    name,
    (...of: unknown[]) => step(() => (method as (...of: unknown[]) => Promise<unknown>)(...of)),
  ])
  return Object.fromEntries(wrapped) as Thing
}
