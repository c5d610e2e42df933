import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdLease } from '../../src/store/held-lease.ts'
import { StoreUnavailableError, type Lease, type Store } from '../../src/store/store.ts'
import { stopClock, type Clock } from '../store/clock.ts'

let clock: Clock
beforeEach(() => {
  clock = stopClock()
})
afterEach(() => clock.end())

test('a lease is renewed for as long as the work takes, and not after it was let go', async () => {
  const { store, renewals } = lending(async () => true)
  const held = await holdLease(store, 'refresh:ana', 1_500, 0)
  await clock.pass(499)
  expect(renewals).toEqual([])
  await clock.pass(2_501)
  expect(renewals).toEqual(Array.from({ length: 6 }, () => 1_500))
  expect(held?.isHeld()).toBe(true)
  await held?.release()
  await clock.pass(5_000)
  expect(renewals).toHaveLength(6)
})

test('RD-142 a lease that somebody else has by now is ours no more, whatever the store says later', async () => {
  const answers = [false, true, true]
  const { store, renewals } = lending(async () => answers.shift() ?? true)
  const held = await holdLease(store, 'refresh:ana', 1_500, 0)
  await clock.pass(499)
  expect(held?.isHeld()).toBe(true)
  await clock.pass(1)
  expect(renewals).toHaveLength(1)
  expect(held?.isHeld()).toBe(false)
  await clock.pass(600)
  expect(held?.isHeld()).toBe(false)
  await held?.release()
})

test('RD-142 a lease about which the store is silent is ours until it would have ended', async () => {
  const { store } = lending(() => Promise.reject(new StoreUnavailableError('silent')))
  const held = await holdLease(store, 'refresh:ana', 30_000, 0)
  expect(held?.isHeld()).toBe(true)
  expect(held?.isHeld(20_000)).toBe(true)
  expect(held?.isHeld(30_000)).toBe(false)
  await held?.release()

  const short = await holdLease(store, 'refresh:ana', 60, 0)
  await clock.pass(59)
  expect(short?.isHeld()).toBe(true)
  await clock.pass(1)
  expect(short?.isHeld()).toBe(false)
  await short?.release()
})

test('nobody waits for ever for a lease that somebody else keeps', async () => {
  const store = { lease: async () => undefined } as Partial<Store> as Store
  let outcome: unknown = 'none yet'
  void holdLease(store, 'refresh:ana', 60_000, 150).then((held) => (outcome = held))
  await clock.pass(150)
  expect(outcome).toBe('none yet')
  // It asks every tenth of a second.
  await clock.pass(50)
  expect(outcome).toBeUndefined()
})

function lending(renew: () => Promise<boolean>) {
  const renewals: number[] = []
  const lease: Lease = {
    async renew(ttl) {
      renewals.push(ttl)
      return renew()
    },
    async release() {},
  }
  const store = { lease: async () => lease } as Partial<Store> as Store
  return { store, renewals }
}
