import { describe, expect, test } from 'vitest'
import { parseDateRange } from '../../src/views/dates.ts'
import { sentenceOf } from '../world/english.ts'

describe('a date as people write it', () => {
  test.each([
    ['2023', '2023-01-01', '2024-01-01', '2023'],
    ['2023-07', '2023-07-01', '2023-08-01', 'July 2023'],
    ['2023-12', '2023-12-01', '2024-01-01', 'December 2023'],
    ['2024-02-29', '2024-02-29', '2024-03-01', 'February 29, 2024'],
    ['2023-7-4', '2023-07-04', '2023-07-05', 'July 4, 2023'],
    ['２０２３', '2023-01-01', '2024-01-01', '2023'],
    [' 2023-12-31 ', '2023-12-31', '2024-01-01', 'December 31, 2023'],
  ])('%s is from %s to %s, called %s', (text, from, to, name) => {
    const range = parseDateRange(text)
    expect({ ...range, nameIn: range.nameIn('en-US') }).toEqual({
      from: Date.parse(from),
      to: Date.parse(to),
      nameIn: name,
    })
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
  ])('%j is refused with an example', (text) => {
    const refusal = (() => {
      try {
        return parseDateRange(text)
      } catch (error) {
        return sentenceOf(error)
      }
    })()
    expect(refusal).toMatch(/2023, 2023-07 or 2023-07-14/)
  })
})
