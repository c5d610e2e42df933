import fc from 'fast-check'
import { expect, test } from 'vitest'
import { noteOverdue } from '../../src/backup/overdue.ts'
import {
  ana,
  channel,
  createRoundupsFixture,
  day,
  delivered,
  friday,
  fridays,
  hour,
  server,
} from '../roundups/roundups-fixture.ts'
import { runs } from '../world/runs.ts'

const week = 7 * day
const nobody = { read: async () => undefined }

test.each([
  ['posted before the machine was lost', 1, ['found'], [0]],
  ['posted a week ago as well', 2, ['found'], [0, week]],
  ['not posted', 0, ['posted'], [0]],
])('a roundup that was %s is in the chat once', async (_, weeks, outcomes, shown) => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens()
  const kept = (await fixture.store.get('roundups', server)) as { version: number }
  const madeAt = fixture.time
  for (let number = 0; number < weeks; number += 1) {
    fixture.time = friday + number * week
    expect(await delivered(roundups)).toEqual(['posted'])
  }
  fixture.time = friday + Math.max(weeks - 1, 0) * week + 2 * hour
  await fixture.store.set('roundups', server, kept)
  await noteOverdue(fixture.store, nobody, madeAt, fixture.time)
  expect(await delivered(fixture.process())).toEqual(outcomes)
  expect(fixture.chat.posts.map(({ page }) => page.until)).toEqual(shown.map((after) => friday + after))
  fixture.time = friday + 3 * week
  expect(await delivered(fixture.process())).toEqual(['posted'])
})

test.each([
  ['is not due yet', {}, friday - hour],
  ['was paused', { paused: 'by somebody' }, friday + hour],
  ['was being posted when the backup was made', { posting: announced('2026-W47') }, friday + hour],
])('a schedule that %s stays as it is', async (_, changes, now) => {
  const { store, opens } = createRoundupsFixture()
  await opens()
  const before = { ...((await store.get('roundups', server)) as { version: number }), ...changes }
  await store.set('roundups', server, before)
  await noteOverdue(store, nobody, friday - 2 * day, now)
  expect(await store.get('roundups', server)).toEqual(before)
})

test('whenever the backup was made and the machine was lost, no moment is shown twice', async () => {
  const days = (max: number) => fc.integer({ min: 0, max: max * 24 }).map((hours) => hours * hour)
  const times = fc.record({ weekday: fc.integer({ min: 0, max: 6 }), hour: fc.integer({ min: 0, max: 23 }) })
  const every = fc.constantFrom('week' as const, 'month' as const)
  let repeats = 0
  await fc.assert(
    fc.asyncProperty(times, every, days(40), days(25), days(40), async (time, kind, made, lost, restored) => {
      const fixture = createRoundupsFixture()
      await fixture.opens([ana], { ...fridays, ...time, every: kind })
      let kept = {}
      const [madeAt, lostAt] = [fixture.time + made, fixture.time + made + lost]
      const passes = async (until: number): Promise<void> => {
        for (; fixture.time < until; fixture.time = Math.min(fixture.time + 5 * hour, until))
          await delivered(fixture.process())
      }
      await passes(madeAt)
      kept = (await fixture.store.get('roundups', server)) as { version: number }
      await passes(lostAt)
      const before = fixture.chat.posts.length
      fixture.time += restored
      await fixture.store.set('roundups', server, kept)
      await noteOverdue(fixture.store, nobody, madeAt, fixture.time)
      await passes(fixture.time + 40 * day)
      const windows = fixture.chat.posts.map(({ page }) => page).toSorted((one, other) => one.until - other.until)
      for (const [index, { from }] of windows.entries())
        if (index > 0) expect(from).toBeGreaterThanOrEqual(windows[index - 1]?.until ?? 0)
      repeats += before
    }),
    { numRuns: runs(10) },
  )
  expect(repeats).toBeGreaterThan(0)
})

function announced(label: string) {
  return { label, channel, after: '1', tries: 2, until: friday, hideExplicit: false }
}
