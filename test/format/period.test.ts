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
    ['March 2023', '2023-03-01', '2023-04-01', 'March 2023'],
    ['mar 2023', '2023-03-01', '2023-04-01', 'March 2023'],
    ['Sept.  2023', '2023-09-01', '2023-10-01', 'September 2023'],
    ['14 March 2023', '2023-03-14', '2023-03-15', 'March 14, 2023'],
    ['March 14, 2023', '2023-03-14', '2023-03-15', 'March 14, 2023'],
    ['MARCH 14TH,2023', '2023-03-14', '2023-03-15', 'March 14, 2023'],
    ['march, 2023', '2023-03-01', '2023-04-01', 'March 2023'],
  ])('%s is from %s to %s, called %s', (text, from, to, name) => {
    const range = parseDateRange(text)
    const isDay = name.includes(',')
    expect(range).toMatchObject({ from: Date.parse(from), to: Date.parse(to), isDay })
    expect(range.nameIn('en-US')).toBe(name)
    expect(parseDateRange(range.id)).toMatchObject({ from: range.from, to: range.to, isDay, id: range.id })
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
    'May',
    'ma 2023',
    'Marzo 2023',
    '14 March 14 2023',
    '31 April 2023',
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

test.each([
  ['14. Juli 2023', 'de', '2023-07-14'],
  ['März 2023', 'de', '2023-03'],
  ['14 juillet 2023', 'fr', '2023-07-14'],
  ['14 de julio de 2023', 'es-ES', '2023-07-14'],
  ['julho de 2023', 'pt-BR', '2023-07'],
  ['14 luglio 2023', 'it', '2023-07-14'],
  ['14 lipca 2023', 'pl', '2023-07-14'],
  ['lipiec 2023', 'pl', '2023-07'],
  ['14 липня 2023 р.', 'uk', '2023-07-14'],
  ['14 Temmuz 2023', 'tr', '2023-07-14'],
  ['2023年7月14日', 'ja', '2023-07-14'],
  ['2023년 7월', 'ko', '2023-07'],
  ['2023年', 'zh-CN', '2023'],
  ['March 2023', 'ja', '2023-03'],
])('%s is read in the language of the person', (text, locale, id) => {
  expect(parseDateRange(text, locale).id).toBe(id)
})
