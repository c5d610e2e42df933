import { describe, expect, test } from 'vitest'
import { parseDateRange } from '../../src/views/dates.ts'

describe('a date as people write it', () => {
  test.each([
    ['2023', '2023-01-01', '2024-01-01', '2023'],
    ['2023-07', '2023-07-01', '2023-08-01', 'July 2023'],
    ['2023-12', '2023-12-01', '2024-01-01', 'December 2023'],
    ['2024-02-29', '2024-02-29', '2024-03-01', '29 February 2024'],
    ['2023-7-4', '2023-07-04', '2023-07-05', '4 July 2023'],
    ['２０２３', '2023-01-01', '2024-01-01', '2023'],
    [' 2023-12-31 ', '2023-12-31', '2024-01-01', '31 December 2023'],
  ])('%s is from %s to %s, called %s', (text, from, to, name) => {
    expect(parseDateRange(text)).toEqual({ from: Date.parse(from), to: Date.parse(to), name })
  })

  test.each([
    '',
    'yesterday',
    '23',
    '2023-13',
    '2023-02-30',
    '2023-00',
    '0012',
    '2023-07-14-01',
    '-2023',
    '2023/07',
    '2023-07-',
  ])('%j is refused with an example', (text) =>
    expect(() => parseDateRange(text)).toThrow(/2023, 2023-07 or 2023-07-14/),
  )
})
