import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { dayName, memoriesFilter, today, yearsAbove } from '../../src/views/memories.ts'
import { songOf } from '../library/list-fixture.ts'

/** The days of a filter, each as its first and its last moment say it. */
const daysOf = (day: string): string[] =>
  (memoriesFilter(day).periods ?? []).map(({ from, to }) =>
    [from, to - 1].map((time) => new Date(time).toISOString().slice(0, 10)).join(' '),
  )

describe('this day in earlier years', () => {
  test.each([
    ['2026-11-30', ['2025-11-30 2025-11-30', '2024-11-30 2024-11-30'], 20],
    ['2026-01-01', ['2025-01-01 2025-01-01', '2024-01-01 2024-01-01'], 20],
    ['2025-12-31', ['2024-12-31 2024-12-31', '2023-12-31 2023-12-31'], 19],
    // The 29th belongs to the 28th where there is no 29th, so that no day is left out.
    ['2027-02-28', ['2026-02-28 2026-02-28', '2025-02-28 2025-02-28', '2024-02-28 2024-02-29'], 21],
    [
      '2024-02-28',
      ['2023-02-28 2023-02-28', '2022-02-28 2022-02-28', '2021-02-28 2021-02-28', '2020-02-28 2020-02-28'],
      18,
    ],
    ['2024-02-29', ['2020-02-29 2020-02-29', '2016-02-29 2016-02-29'], 4],
    ['2026-03-01', ['2025-03-01 2025-03-01', '2024-03-01 2024-03-01'], 20],
    ['2006-05-05', [], 0],
    ['1999-05-05', [], 0],
  ])('%s', (day, first, count) => {
    const days = daysOf(day)
    expect(days.slice(0, first.length)).toEqual(first)
    expect(days).toHaveLength(count)
  })

  test.each([
    '',
    '2026',
    '2026-11',
    'March 5, 2020',
    '2026-2-03',
    ' 2026-11-30',
    '2026-02-30',
    '9999-01-01',
    'x',
    '2026-11-30\n',
  ])('a button that was altered to %j is refused in words', (day) =>
    expect(() => memoriesFilter(day)).toThrow(UserError),
  )

  test('begins and ends with the day of UTC', () => {
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 10, 30, 23, 59, 59) })
    expect(today()).toBe('2026-11-30')
    vi.setSystemTime(Date.UTC(2026, 11, 1))
    expect(today()).toBe('2026-12-01')
  })

  test('has its name without a year, and each year above its songs once', () => {
    expect(dayName('2026-11-30', 'en-US')).toBe('November 30')
    const years = [2025, 2025, 2019, 2018]
    const songs = years.map((year, index) => songOf(9 - index, { addedAt: Date.UTC(year, 10, 30) }))
    expect(yearsAbove(songs)).toEqual(['### 2025\n', '', '### 2019\n', '### 2018\n'])
  })
})
