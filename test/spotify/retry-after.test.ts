import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rateLimitError } from '../../src/spotify/response.ts'
import { parseRetryAfter } from '../../src/http.ts'

const now = Date.UTC(2026, 10, 30, 12)
const secondsIn = (header: string) => {
  const wait = parseRetryAfter(header, now)
  return wait === undefined ? 'default' : wait / 1000
}

test.each<[string, number | 'default']>([
  ['45.7', 46],
  ['33.5', 34],
  ['40.1', 41],
  ['3600.5', 3601],
  ['0.503', 1],
  ['299.997', 300],
  ['7.2023', 8],
  ['2026.5', 2027],
  ['7', 7],
  ['007', 7],
  ['0', 1],
  ['0.0', 1],
  ['79892', 79_892],
  ['172800', 172_800],
  ['172800.5', 172_800],
  ['9'.repeat(15), 172_800],
  ['9'.repeat(400), 172_800],
  ['Mon, 30 Nov 2026 13:00:00 GMT', 3600],
  ['Mon, 30 Nov 2026 12:00:00 GMT', 1],
  ['Monday, 30-Nov-26 13:00:00 GMT', 3600],
  ['Mon Nov 30 13:00:00 2026', 3600],
  ['Sunday, 29-Nov-76 12:00:00 GMT', 172_800],
  ['Tue Dec  1 12:00:00 2026', 86_400],
  ['Sat, 01 Jan 2050 00:00:00 GMT', 172_800],
])('a wait of "%s" is %s seconds', (header, seconds) => {
  expect(secondsIn(header)).toBe(seconds)
})

test.each([
  ...['', ' ', 'soon', '-5', '-0', '+5', '30, 30', '30,30', '30;q=1', '5s', '5 seconds', '.5', '5.', '1.2.3', '5,5'],
  ...['1e3', '0x10', '0b1', '1_000', '٣٠', '３０', 'Infinity', 'NaN', 'null', 'undefined', 'true', '[object Object]'],
  ...['12/1/2026', '2026-12-01', '2026-12-01T00:00:00Z', 'Dec 1', '1 Dec 2026', 'Mon, 30 Nov 2026'],
  ...['Mon, 30 Nov 2026 13:00:00', 'Mon, 30 Nov 2026 13:00:00 UTC', 'Mon, 30 Nov 2026 13:00:00 +0000'],
  ...['Mon, 30 Nov 2026 13:60:00 GMT', 'Wed, 31 Nov 2027 13:00:00 GMT'],
  // Of the century before, and of days that are others.
  ...['Sunday, 06-Nov-94 08:49:37 GMT', 'Wednesday, 30-Nov-77 12:00:00 GMT', 'Sunday, 29-Nov-26 12:00:00 GMT'],
  ...['Tue, 30 Nov 2026 13:00:00 GMT', 'Tuesday, 30-Nov-26 13:00:00 GMT', 'Tue Nov 30 13:00:00 2026'],
  ...['Mon, 30-Nov-26 13:00:00 GMT', 'Monday, 30 Nov 2026 13:00:00 GMT', 'Monay, 30-Nov-26 13:00:00 GMT'],
  ...['mon, 30 nov 2026 13:00:00 gmt', 'Mon, 30 Nov 2026 13:00:00 GMT, 5', 'Sun, 06 Nov 1994 08:49:37 GMT'],
])('a wait of "%s" is none that is asked for', (header) => {
  expect(secondsIn(header)).toBe('default')
})

describe('whatever stands there', () => {
  const digits = fc.stringMatching(/^\d{1,6}$/)
  const fraction = fc.option(fc.stringMatching(/^\d{1,6}$/), { nil: undefined })

  test('seconds with any fraction are waited for, never shorter and less than a second longer', () => {
    fc.assert(
      fc.property(digits, fraction, (whole, part) => {
        const asked = Number(part === undefined ? whole : `${whole}.${part}`)
        const wait = secondsIn(part === undefined ? whole : `${whole}.${part}`)
        expect(wait).toBe(Math.min(Math.max(Math.ceil(asked), 1), 172_800))
      }),
    )
  })

  test('a date is one only as servers write it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 172_800 }), (seconds) => {
        const date = new Date(now + seconds * 1000)
        expect(secondsIn(date.toUTCString())).toBe(Math.max(seconds, 1))
        for (const other of [
          date.toISOString(),
          date.toString(),
          date.toLocaleString('en-US'),
          String(date.getTime() / 1000) + 'Z',
        ])
          expect(secondsIn(other)).toBe('default')
      }),
    )
  })

  test('it is a wait of one second to two days, or none', () => {
    const pieces = fc.array(
      fc.constantFrom('4', '0', '.', '-', ' ', ',', ':', 'GMT', 'Nov', 'Mon', '2026', 'e', '+', 'T', 'Z'),
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((some) => some.join('')),
        ),
        (header) => {
          const wait = secondsIn(header)
          if (/^\d+(\.\d+)?$/.test(header)) expect(wait).not.toBe('default')
          else expect(wait).toBe('default')
          if (wait !== 'default') expect(wait === Math.round(wait) && wait >= 1 && wait <= 172_800).toBe(true)
        },
      ),
    )
  })
})

test.each([
  ['30 seconds', {}, { error: { status: 429 } }, 30],
  ['an hour of a quota', {}, { error: { reason: 'QUOTA_EXCEEDED' } }, 3600],
  ['what several headers say is not guessed at', { 'retry-after': ['5', '9'] }, {}, 30],
])('without a wait that can be read: %s', (_, headers, body, seconds) => {
  const from = Date.now()
  const { until } = rateLimitError({ status: 429, headers, body: Buffer.from(JSON.stringify(body)) })
  expect(until - from).toBeGreaterThanOrEqual(seconds * 1000)
  expect(until - Date.now()).toBeLessThanOrEqual(seconds * 1000)
})
