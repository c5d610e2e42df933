import { afterEach, beforeEach, expect, test } from 'vitest'
import { holdLease } from '../../src/store/held-lease.ts'
import { StoreUnavailableError, type Lease, type Store } from '../../src/store/store.ts'
import { stopClock, type Clock } from './clock.ts'
import { modelStore } from './model.ts'

let clock: Clock
beforeEach(() => {
  clock = stopClock()
})
afterEach(() => clock.end())

test('a lease is renewed for as long as the work takes, and not after it was let go', async () => {
  const { store, renewals } = lending(async () => true)
  const held = await holdLease(store, 'refresh:ana', 1_500)
  await clock.pass(299)
  expect(renewals).toEqual([])
  await clock.pass(2_701)
  expect(renewals).toEqual(Array.from({ length: 10 }, () => 1_500))
  expect(held?.isHeld()).toBe(true)
  await held?.release()
  await clock.pass(5_000)
  expect(renewals).toHaveLength(10)
})

test('RD-142 a lease that somebody else has by now is ours no more, whatever the store says later', async () => {
  const answers = [false, true, true]
  const { store, renewals } = lending(async () => answers.shift() ?? true)
  const held = await holdLease(store, 'refresh:ana', 1_500)
  await clock.pass(299)
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
  const held = await holdLease(store, 'refresh:ana', 30_000)
  expect(held?.isHeld()).toBe(true)
  expect(held?.isHeld(20_000)).toBe(true)
  expect(held?.isHeld(30_000)).toBe(false)
  await held?.release()

  const short = await holdLease(store, 'refresh:ana', 60)
  await clock.pass(59)
  expect(short?.isHeld()).toBe(true)
  await clock.pass(1)
  expect(short?.isHeld()).toBe(false)
  await short?.release()
})

test('nobody waits for ever for a lease that another process keeps', async () => {
  const store = { lease: async () => undefined } as Partial<Store> as Store
  let outcome: unknown = 'none yet'
  void holdLease(store, 'refresh:ana', 60_000, { patience: 150 }).then((held) => (outcome = held))
  await clock.pass(150)
  expect(outcome).toBe('none yet')
  // It asks every tenth of a second.
  await clock.pass(50)
  expect(outcome).toBeUndefined()
})

test('several names are had all together or not at all', async () => {
  const store = modelStore(() => clock.now())
  const other = await holdLease(store, 'shard.1', 1_000)
  expect(await holdLease(store, ['shard.0', 'shard.1'], 1_000)).toBeUndefined()
  await other?.release()
  const both = await holdLease(store, ['shard.0', 'shard.1'], 1_000)
  expect(await store.lease('shard.0', 1_000)).toBeUndefined()
  expect(await store.lease('shard.1', 1_000)).toBeUndefined()
  await both?.release()
  expect(await store.lease('shard.0', 1_000)).toBeDefined()
})

test('where the store fails at the second name, the first is let go at once', async () => {
  const store = modelStore(() => clock.now())
  const failing: Pick<Store, 'lease'> = {
    lease: (name, ttl) =>
      name === 'shard.0' ? store.lease(name, ttl) : Promise.reject(new StoreUnavailableError('silent')),
  }
  await expect(holdLease(failing, ['shard.0', 'shard.1'], 60_000)).rejects.toThrow('silent')
  expect(await store.lease('shard.0', 1_000)).toBeDefined()
})

test.each(['now', 'wall'] as const)('a lease is over by its margin when the clock "%s" alone says so', async (name) => {
  const times = { now: 0, wall: 0 }
  const options = { margin: 5_000, clock: { now: () => times.now, wall: () => times.wall } }
  const held = (await holdLease(lending(async () => true).store, 'roundup', 30_000, options)) ?? expect.unreachable()
  times[name] = 24_999
  held.check()
  times[name] = 25_000
  expect(() => held.check()).toThrow('The lease roundup is over')
  expect(held.signal.aborted).toBe(true)
  times[name] = 0
  expect(held.isHeld()).toBe(false)
})

test('a silent store has the signal aborted at the end of the lease, without anybody asking', async () => {
  const { store } = lending(() => Promise.reject(new StoreUnavailableError('silent')))
  const held = (await holdLease(store, 'roundup', 100, { margin: 10 })) ?? expect.unreachable()
  await clock.pass(89)
  expect(held.signal.aborted).toBe(false)
  await clock.pass(1)
  expect(held.signal.aborted).toBe(true)
})

test('the signal tells of the end of the program as well', async () => {
  const ended = new AbortController()
  const { store } = lending(async () => true)
  const held = (await holdLease(store, 'roundup', 1_000, { ended: ended.signal })) ?? expect.unreachable()
  held.check()
  ended.abort(new Error('The program ends'))
  expect(held.signal.aborted).toBe(true)
  expect(() => held.check()).toThrow('The program ends')
  await held.release()
})

test('a lease that is left expires, and is neither renewed nor freed', async () => {
  const store = modelStore(() => clock.now())
  const held = await holdLease(store, 'roundup', 900)
  await clock.pass(800)
  held?.leave()
  await held?.release()
  // Renewed last at 720.
  await clock.pass(819)
  expect(await store.lease('roundup', 900)).toBeUndefined()
  await clock.pass(1)
  expect(await store.lease('roundup', 900)).toBeDefined()
})

test('the wait for a lease ends when its signal does', async () => {
  const store = { lease: async () => undefined } as Partial<Store> as Store
  const stop = new AbortController()
  let waits = 0
  const holding = holdLease(store, 'shard.0', 1_000, { patience: stop.signal, waiting: () => (waits += 1) })
  holding.catch(() => undefined)
  await clock.pass(500)
  expect(waits).toBe(1)
  stop.abort()
  await expect(holding).rejects.toThrow('aborted')
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
