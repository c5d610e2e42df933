import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import { bytes } from './contract-bytes.ts'
import { meters } from './contract-meters.ts'
import { records, versions } from './contract-records.ts'
import { before, over } from './lifetimes.ts'
import { twenty } from './twenty.ts'

/**
 * What every store does, whatever is behind it. `open` is asked once; the store is closed at the end.
 * @param interrupt what happens between the one half and the other, and what is expected of that
 */
export function storeContract(open: () => Promise<Store>, interrupt?: (store: Store) => Promise<void>): void {
  let store: Store
  beforeAll(async () => {
    store = await open()
  })
  afterAll(() => store?.close())

  records(() => store)
  versions(() => store)
  indexes(() => store)
  if (interrupt)
    test('what was stored outlasts what happens now', () => expect(interrupt(store)).resolves.toBeUndefined())
  leases(() => store)
  meters(() => store)
  bytes(() => store)
}

function indexes(store: () => Store): void {
  test('a set holds each member once, until it is removed', async () => {
    expect(await store().members('guild:1')).toEqual([])
    await twenty((caller) => store().add('guild:1', caller % 2 ? 'ana' : 'ben'))
    await store().add('guild:2', 'cleo')
    expect((await store().members('guild:1')).toSorted()).toEqual(['ana', 'ben'])
    await store().remove('guild:1', 'ana')
    await store().remove('guild:1', 'nobody')
    expect(await store().members('guild:1')).toEqual(['ben'])
  })

  test('what is due comes soonest first, up to the limit, and stays until it is unscheduled', async () => {
    const now = Date.now()
    await store().schedule('roundups', 'later', now + 1)
    await store().schedule('roundups', 'second', now)
    await store().schedule('roundups', 'same-time', now)
    await store().schedule('roundups', 'first', now - 10_000)
    await store().schedule('elsewhere', 'other', now)
    expect(await store().due('roundups', now, 10)).toEqual(['first', 'same-time', 'second'])
    expect(await store().due('roundups', now, 2)).toEqual(['first', 'same-time'])
    expect(await store().due('roundups', now, 0)).toEqual([])
    await store().schedule('roundups', 'first', now + 5)
    await store().unschedule('roundups', 'second')
    expect(await store().due('roundups', now, 10)).toEqual(['same-time'])
    expect(await store().due('roundups', now + 5, 10)).toEqual(['same-time', 'later', 'first'])
  })
}

function leases(store: () => Store): void {
  test('of twenty callers one holds the lease, and the next only after it let go', async () => {
    const held = (await twenty(() => store().lease('refresh:ana', 60_000))).filter((lease) => lease !== undefined)
    expect(held).toHaveLength(1)
    await held[0]?.release()
    expect(await store().lease('refresh:ana', 60_000)).toBeDefined()
    await held[0]?.release()
    expect(await store().lease('refresh:ana', 60_000)).toBeUndefined()
  })

  test('RD-142 a lease that ran out is lost to the next, and its first holder hears so', async () => {
    const first = await store().lease('refresh:ben', 40)
    expect(first).toBeDefined()
    await over(40)
    const second = await store().lease('refresh:ben', 60_000)
    expect(second).toBeDefined()
    expect(await first?.renew(60_000)).toBe(false)
    await first?.release()
    expect(await second?.renew(60_000)).toBe(true)
  })

  test('a heartbeat keeps the lease for longer than it was asked for', async () => {
    const { ttl, name, result } = await before('refresh:cleo', async (ttl, name) => {
      const lease = await store().lease(name, ttl)
      return { lease, renewed: await lease?.renew(60_000) }
    })
    expect(result.renewed).toBe(true)
    await over(ttl)
    expect(await store().lease(name, 1)).toBeUndefined()
    expect(await result.lease?.renew(40)).toBe(true)
    await over(40)
    expect(await result.lease?.renew(40)).toBe(false)
  })
}
