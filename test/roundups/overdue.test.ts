import { expect, test } from 'vitest'
import { ana, createRoundupsFixture, day, delivered, friday, server } from './roundups-fixture.ts'

const minute = 60_000

test('a roundup is overdue from ten minutes after its time until it is posted, and not while it is paused', async () => {
  const fixture = createRoundupsFixture()
  const roundups = await fixture.opens([ana])
  const overdueAt = (time: number): Promise<number> => {
    fixture.time = time
    return roundups.overdue()
  }
  // The index names it once a day, so that it mends itself; a process looks at it then.
  fixture.time = friday - day
  expect(await delivered(roundups)).toEqual([])
  expect(await overdueAt(friday + 9 * minute)).toBe(0)
  expect(await overdueAt(friday + 11 * minute)).toBe(1)
  expect(await delivered(roundups)).toEqual(['posted'])
  expect(await roundups.overdue()).toBe(0)

  await roundups.pause(server)
  fixture.time = friday + 7 * day - minute
  expect(await delivered(roundups)).toEqual([])
  expect(await overdueAt(friday + 7 * day + 11 * minute)).toBe(0)
})
