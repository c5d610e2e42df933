import { expect, test } from 'vitest'
import type { MeterEntry, Store } from '../../src/store/store.ts'
import { before, over } from './lifetimes.ts'
import { twenty } from './twenty.ts'

/** The part of the contract about meters. */
export function meters(store: () => Store): void {
  const enter = (name: string, changes: Partial<MeterEntry>) => store().meter(name, { ...entry, ...changes })

  test('of twenty callers that want two each, thirty are granted where thirty is the limit', async () => {
    const readings = await twenty((caller) => enter('crowd', { owner: `p${caller}`, want: 2, limit: 30 }))
    expect(readings.filter(({ granted }) => granted === 2)).toHaveLength(15)
    expect(readings.filter(({ granted }) => granted === 0)).toHaveLength(5)
    expect(Math.max(...readings.map(({ total }) => total))).toBe(30)
  })

  test('what is held turns into what was spent, and what is given back is there for others', async () => {
    expect(await enter('turns', { owner: 'one', want: 8 })).toMatchObject({ granted: 8, total: 8 })
    expect(await enter('turns', { owner: 'two', want: 8 })).toMatchObject({ granted: 2, total: 10 })
    const spent = [{ amount: 3, ago: 5 }]
    expect(await enter('turns', { owner: 'one', spent, held: 1 })).toMatchObject({ granted: 0, total: 6 })
    expect(await enter('turns', { owner: 'two', held: 2, want: 9 })).toMatchObject({ granted: 4, total: 10 })
  })

  test('a full meter says when it frees; nothing of it is there any more then', async () => {
    const {
      ttl,
      name,
      result: full,
    } = await before('frees', async (ttl, name) => {
      await enter(name, { span: 3 * ttl, spent: [{ amount: 4, ago: 2 * ttl }], limit: 4 })
      return enter(name, { span: 3 * ttl, want: 1, limit: 4 })
    })
    expect(full).toMatchObject({ granted: 0, total: 4 })
    expect(full.frees).toBeGreaterThan(0)
    expect(full.frees).toBeLessThanOrEqual(ttl + entry.bucket)
    await over(full.frees + 1)
    expect(await enter(name, { span: 3 * ttl, want: 1, limit: 4 })).toMatchObject({ granted: 1, total: 1, frees: 0 })
  })

  test('what a process held that has died counts for as long as its heldFor, and what it spent for the span', async () => {
    const { ttl, name, result } = await before('died', async (heldFor, name) => {
      await enter(name, { owner: 'gone', heldFor, spent: [{ amount: 3, ago: 0 }], want: 7 })
      return enter(name, { want: 1 })
    })
    expect(result).toMatchObject({ granted: 0, total: 10 })
    await over(ttl)
    expect(await enter(name, { want: 9 })).toMatchObject({ granted: 7, total: 10 })
  })

  test('a smaller limit grants nothing, and takes nothing back', async () => {
    await enter('smaller', { want: 9 })
    expect(await enter('smaller', { held: 9, want: 1, limit: 5 })).toMatchObject({ granted: 0, total: 9, frees: 0 })
  })
}

const entry: MeterEntry = {
  owner: 'p',
  span: 60_000,
  bucket: 10,
  heldFor: 60_000,
  spent: [],
  held: 0,
  want: 0,
  limit: 10,
}
