import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { holdLease } from '../../src/store/held-lease.ts'
import { StoreUnavailableError, type Lease, type Store } from '../../src/store/store.ts'

test('a lease is renewed for as long as the work takes, and not after it was let go', async () => {
  const { store, renewals } = lending(async () => true)
  const held = await holdLease(store, 'refresh:ana', 1_500, 0)
  while (renewals.length < 2) await sleep(20)
  expect(held?.isHeld()).toBe(true)
  await held?.release()
  const before = renewals.length
  await sleep(250)
  expect(renewals.length).toBe(before)
})

test('RD-142 a lease that somebody else has by now is ours no more, whatever the store says later', async () => {
  const answers = [false, true, true]
  const { store, renewals } = lending(async () => answers.shift() ?? true)
  const held = await holdLease(store, 'refresh:ana', 1_500, 0)
  while (renewals.length < 1) await sleep(10)
  await sleep(20)
  expect(held?.isHeld()).toBe(false)
  await sleep(600)
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
  await sleep(120)
  expect(short?.isHeld()).toBe(false)
  await short?.release()
})

test('nobody waits for ever for a lease that somebody else keeps', async () => {
  const store = { lease: async () => undefined } as Partial<Store> as Store
  expect(await holdLease(store, 'refresh:ana', 60_000, 150)).toBeUndefined()
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
