import { describe, expect, test } from 'vitest'
import { periodAfter, periodBefore, timeShape } from '../../src/roundups/schedule-time.ts'
import { wallClock } from './wall-clock.ts'

const timezones = [
  ...['Africa/Cairo', 'Africa/Casablanca', 'America/Havana', 'America/Nuuk', 'America/Santiago', 'America/St_Johns'],
  ...['Asia/Beirut', 'Asia/Kathmandu', 'Atlantic/Azores', 'Australia/Lord_Howe', 'Pacific/Chatham'],
  ...['Pacific/Kiritimati', 'Etc/GMT+12'],
]
const hours = [0, 1, 2, 3, 23]
const weekdays = [0, 1, 2, 3, 4, 5, 6]
const day = 24 * 60 * 60 * 1000
const from = Date.UTC(2026, 0, 1)
const until = Date.UTC(2029, 0, 20)

describe('the time of a weekly roundup', () => {
  test.each(timezones)('SC-159 in %s it is right on every weekday, also where clocks are moved', (timezone) => {
    const clock = wallClock(timezone, from, until)
    // The weeks in which clocks are moved, and some others.
    const others = [10, 400, 800].map((days) => from + days * day + 12_345)
    const times = [...clock.changes.map((change) => change - 3 * day), ...others].filter(
      (time) => time > from + 9 * day,
    )
    for (const weekday of weekdays) {
      for (const hour of hours) {
        const weekly = { weekday, hour, timezone }
        const expected = clock.periods(weekly)
        for (const time of times.filter((one) => one < until - 15 * day)) {
          const index = expected.findIndex(({ at }) => at > time)
          const found = periodAfter(time, weekly)
          expect([found, periodAfter(found.at, weekly)], when(weekly, time)).toEqual(expected.slice(index, index + 2))
          expect(periodBefore(time, weekly), when(weekly, time)).toEqual(expected[index - 1])
        }
      }
    }
  })

  test.each(timezones)('SC-159 in %s no week comes twice, and none is left out', (timezone) => {
    const weekly = { weekday: 0, hour: 0, timezone }
    const expected = wallClock(timezone, from, until).periods(weekly).slice(2, -2)
    const found = []
    for (let period = periodBefore(expected[0]?.at ?? 0, weekly); found.length < expected.length;) {
      found.push(period)
      period = periodAfter(period.at, weekly)
    }
    expect(found).toEqual(expected)
    expect(new Set(found.map(({ label }) => label)).size).toBe(found.length)
  })

  test.each(timezones)('SC-159 in %s every month has one, on its first such day', (timezone) => {
    const clock = wallClock(timezone, from, until)
    for (const weekday of weekdays)
      for (const hour of hours) {
        const monthly = { every: 'month', weekday, hour, timezone } as const
        const expected = clock.periods(monthly).slice(1, -1)
        expect(expected.length).toBeGreaterThanOrEqual(34)
        for (const [index, period] of expected.slice(0, -1).entries()) {
          const what = when(monthly, period.at)
          const next = expected[index + 1] ?? expect.unreachable()
          expect(periodAfter(period.at, monthly), what).toEqual(next)
          // Whenever one asks.
          if (index % 6 !== weekday % 6) continue
          const middle = period.at + 16 * day + 12_345
          expect([periodAfter(middle, monthly), periodAfter(next.at - 1, monthly)], what).toEqual([next, next])
          expect([periodBefore(middle, monthly), periodBefore(next.at - 1, monthly)], what).toEqual([period, period])
        }
        expect(new Set(expected.map(({ label }) => label)).size).toBe(expected.length)
      }
  })

  test('at the very moment it is no longer ahead, and has just been', () => {
    const weekly = { weekday: 5, hour: 18, timezone: 'Europe/Berlin' }
    const friday = { at: Date.UTC(2026, 10, 20, 17), label: '2026-W47' }
    expect(periodAfter(friday.at - 1, weekly)).toEqual(friday)
    expect(periodAfter(friday.at, weekly).label).toBe('2026-W48')
    expect(periodBefore(friday.at, weekly)).toEqual(friday)
    expect(periodBefore(friday.at - 1, weekly).label).toBe('2026-W46')
  })

  test('a year may have a week 53, and the first days of January may belong to it', () => {
    const weekly = { weekday: 5, hour: 18, timezone: 'UTC' }
    expect(periodAfter(Date.UTC(2026, 11, 30), weekly)).toEqual({ at: Date.UTC(2027, 0, 1, 18), label: '2026-W53' })
  })

  test.each(['Mars/Olympus', '', 'Europe/Berlin\n'])('%j is no timezone', (name) => {
    expect(timeShape.safeParse({ weekday: 5, hour: 18, timezone: name }).success).toBe(false)
  })

  test.each(['BST', 'EST', 'MST', 'Etc/GMT+5', 'US/Eastern'])(
    '%s, which nobody can choose any more, goes on',
    (name) => {
      const stored = timeShape.parse({ weekday: 5, hour: 18, timezone: name })
      const { at } = periodAfter(Date.UTC(2026, 6, 1), stored)
      expect(new Date(at).toLocaleString('en-GB', { timeZone: name, weekday: 'short', hour: '2-digit' })).toBe(
        'Fri, 18',
      )
      expect(stored.timezone).toBe(name)
    },
  )
})

function when({ weekday, hour, timezone }: { weekday: number; hour: number; timezone: string }, time: number): string {
  return `day ${weekday} at ${hour} in ${timezone}, from ${new Date(time).toISOString()}`
}
