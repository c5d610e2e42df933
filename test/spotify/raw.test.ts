import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parsePage } from '../../src/spotify/parse.ts'

const words = [
  'Ana',
  'Björk',
  'Σωκράτης',
  '夜に駆ける',
  'فيروز',
  '👩‍👩‍👧',
  'tab\t and "quotes" \\ both',
  '\u2028',
  'ÿ\u0080',
]

test.each(words)('a title of %j is read as it was sent', (title) => {
  expect(titlesIn(JSON.stringify(pageOf(title)))).toEqual([title])
})

test('a title that is written in escapes, among some that are not, is read as it was meant', () => {
  const sent = JSON.stringify({ items: [{ track: { name: 'Björk' } }, { track: { name: 'é' } }], total: 2 })
  expect(titlesIn(sent.replace('"é"', '"\\u00e9"'))).toEqual(['Björk', 'é'])
})

test('whatever text an answer holds, it is the same as decoded first', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }))
  fc.assert(
    fc.property(text, fc.boolean(), (title, escaped) => {
      const sent = JSON.stringify(pageOf(title.toWellFormed()))
      const wire = escaped ? sent.replace(/[^\x20-\x7e]/g, escape) : sent
      expect(titlesIn(wire)).toEqual([title.toWellFormed()])
    }),
  )
})

test('bytes that are no UTF-8 become the sign for that, as everywhere', () => {
  const bytes = Buffer.concat([Buffer.from('{"items":[{"track":{"name":"a'), Buffer.from([0xc3]), Buffer.from('"}}]}')])
  expect(parsePage(bytes, 0, 50).songs.map(({ title }) => title)).toEqual(['a\ufffd'])
})

function pageOf(title: string): object {
  return { items: [{ added_at: '2026-11-02T10:00:00Z', track: { name: title } }], total: 1 }
}

function titlesIn(json: string): string[] {
  const { songs } = parsePage(Buffer.from(json), 0, 50)
  return songs.map(({ title }) => title)
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
}
