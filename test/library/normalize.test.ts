import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalize, wordsOf } from '../../src/library/normalize.ts'
import { runs } from '../world/runs.ts'

describe('text as it is compared', () => {
  test.each([
    ['Beyoncé', 'beyonce'],
    ['MÖTLEY CRÜE', 'motley crue'],
    ['Sigur Rós', 'sigur ros'],
    ['Straße', 'strasse'],
    ['STRASSE', 'strasse'],
    ['GROẞE Liebe', 'grosse liebe'],
    ['Ángel, Ñandú', 'angel, nandu'],
    ['Ø (Disambiguation)', 'o (disambiguation)'],
    ['Łódź', 'lodz'],
    ['Đorđe Balašević', 'dorde balasevic'],
    ['Ænima', 'aenima'],
    ['Cœur de pirate', 'coeur de pirate'],
    ['Þú og ég', 'thu og eg'],
    ['İstanbul, ILIK, ılık', 'istanbul, ilik, ilik'],
    ['Phở Đặc Biệt', 'pho dac biet'],
    ['ＦＵＬＬ　ｗｉｄｔｈ', 'full width'],
    ['ﬁne ﬂow № ①', 'fine flow no 1'],
    ['Ωδή στη Χαρά, ΤΈΛΟΣ', 'ωδη στη χαρα, τελοσ'],
    ['Ёлка и Йод', 'елка и иод'],
    ['مُحَمَّد', 'محمد'],
    ['أحمد إلى آخر', 'احمد الى اخر'],
    ['شـــوق', 'شوق'],
    ['שָׁלוֹם', 'שלום'],
    ['がんばれ', 'がんばれ'],
    ['か\u3099', 'が'],
    ['ｶﾞｰﾙ', 'ガール'],
    ['हिंदी', 'हिंदी'],
    ['தமிழ்', 'தமிழ்'],
    ['ภาษาไทย', 'ภาษาไทย'],
    ['각', '각'],
    ['각'.normalize('NFD'), '각'],
    ['東京', '東京'],
    ["Don't Stop", 'dont stop'],
    ['Don’t Stop', 'dont stop'],
    ['so\u00adft\u200b \u202Ehy\u2060phen', 'soft hyphen'],
    ['  two\n\twords\u00a0here ', 'two words here'],
    ['❤️', '❤'],
    ['', ''],
  ])('%j is %j', (text, normalized) => {
    expect(normalize(text)).toBe(normalized)
  })

  test('Japanese voicing and Indic signs tell words apart', () => {
    expect(normalize('か')).not.toBe(normalize('が'))
    expect(normalize('ハ')).not.toBe(normalize('パ'))
    expect(normalize('कि')).not.toBe(normalize('की'))
  })

  test('normalizing twice is normalizing once, on one line, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        const normalized = normalize(text)
        expect(normalize(normalized)).toBe(normalized)
        expect(normalized).not.toContain('\n')
        expect(normalize(text.normalize('NFD'))).toBe(normalize(text.normalize('NFC')))
      }),
      { numRuns: runs(800) },
    )
  })
})

describe('the words of a query', () => {
  test.each([
    ['  Beyoncé   HALO ', ['beyonce', 'halo']],
    ['Halo - Beyoncé', ['halo', 'beyonce']],
    ['"Hello", (Goodbye)…', ['hello', 'goodbye']],
    ['AC/DC', ['ac/dc']],
    ['$uicideboy$', ['uicideboy']],
    ['!!!', ['!!!']],
    ['Sheeran ÷', ['sheeran']],
    ['÷', ['÷']],
    ['', []],
    [' \u200b\n', []],
  ])('%j', (query, words) => {
    expect(wordsOf(query)).toEqual(words)
  })

  test('a query of 6,000 characters is cut, not refused', () => {
    expect(wordsOf('a'.repeat(6000))).toEqual(['a'.repeat(300)])
  })
})
