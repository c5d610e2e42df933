import type { Roundups } from '../../src/roundups/roundups.ts'
import { StoreUnavailableError, type Lease, type Store } from '../../src/store/store.ts'
import type { RoundupsFixture } from './roundups-fixture.ts'

/** A process that does nothing any more from that step on, or whose store and Discord fail from there on. */
export function mortalProcess(
  fixture: RoundupsFixture,
  last: number,
  moment: 'before' | 'after',
  fate: 'dies' | 'fails' = 'dies',
): { readonly roundups: Roundups; readonly dead: Promise<void>; hasDied(): boolean } {
  const death = Promise.withResolvers<void>()
  let steps = 0
  const step = async <T>(work: () => Promise<T>): Promise<T> => {
    steps += 1
    if (steps > last || (steps === last && moment === 'before')) return never<T>()
    const done = await work()
    return steps >= last ? never<T>() : done
  }
  const never = async <T>(): Promise<T> => {
    death.resolve()
    if (fate === 'fails') throw new StoreUnavailableError('It is away')
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
