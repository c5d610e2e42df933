import { expect, test } from 'vitest'
import { enterMeter } from '../../src/store/meter.ts'

const hour = 3_600_000
const entry = { owner: 'a', span: 30_000, bucket: 300, heldFor: 45_000, spent: [], held: 0, want: 5, limit: 60 }

test('a full meter says to the millisecond when it frees', () => {
  const now = Date.UTC(2026, 10, 22)
  const spent = [{ amount: 60, ago: 20_001 }]
  const full = enterMeter(undefined, { ...entry, spent }, now)
  expect(full.reading).toEqual({ granted: 0, total: 60, frees: 10_200 })
  expect(enterMeter(full.state, entry, now + 10_199).reading.granted).toBe(0)
  expect(enterMeter(full.state, entry, now + 10_200).reading.granted).toBe(5)
})

test('a meter that is full when the clock is set back by an hour is empty again after its span', () => {
  const now = Date.UTC(2026, 10, 22)
  const full = enterMeter(undefined, { ...entry, spent: [{ amount: 60, ago: 0 }], want: 0 }, now + hour).state
  const back = enterMeter(full, entry, now)
  expect(back.reading.granted).toBe(0)
  expect(back.reading.frees).toBeLessThanOrEqual(30_300)
  expect(enterMeter(back.state, entry, now + 30_600).reading.granted).toBe(5)
})
