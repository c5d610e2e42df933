import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actions, decodePageId, encodePageId, longestQuery, type Action, type PageId } from '../../src/views/page-id.ts'

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
const pageIds: fc.Arbitrary<PageId> = fc.record({
  owner: fc.bigInt({ min: 10n ** 16n, max: 2n ** 64n - 1n }).map(String),
  offset: fc.integer({ min: 0, max: 9_999_999 }),
  // From Spotify's beginning to the end of the century, in whole seconds.
  anchor: fc.option(
    fc.integer({ min: 1_136_073_600, max: 4_102_444_800 }).map((seconds) => seconds * 1000),
    { nil: undefined },
  ),
  market: fc.option(
    fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters)).map((pair) => pair.join('')),
    { nil: undefined },
  ),
  query: fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 25 }).filter(fits), { nil: undefined }),
  action: fc.constantFrom(...(Object.keys(actions) as Action[])),
})

function fits(query: string): boolean {
  return query.length <= longestQuery
}

/** Ids with one thing changed, which come nearer to real ones than any random string. */
const altered = fc
  .tuple(pageIds.map(encodePageId), fc.nat(), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
  .map(([id, at, taken, put]) => id.slice(0, at % (id.length + 1)) + put + id.slice((at % (id.length + 1)) + taken))
/** Ids of the right shape with parts that may be anything. */
const offsets = ['0', '10', '007', '00', '-1', '1e3', '1.5', 'NaN', '１２', '9999999', '10000000', '']
const anchors = ['', '0', 'tbz', '0tbz', '00', 'zzzzzzzz', 'zzzzzzzzz', 'TBZ', '-5', 'é']
const composed = fc
  .record({
    owner: fc.constantFrom('175928847299117063', '17592884729911706', '1', '000000000000000000', 'ana', ''),
    offset: fc.constantFrom(...offsets),
    anchor: fc.constantFrom(...anchors),
    end: fc.constantFrom('f', 'g', 'x', 'ff', '', 'f.GB', 'f.gb', 'f.', 'f.GBR', 'f\n'),
  })
  .map(({ owner, offset, anchor, end }) => `liked:1:${owner}:${offset}:${anchor}:${end}`)
const anything = fc.oneof(fc.string({ unit: 'binary' }), altered, composed)

test('what a button says is what comes back, and Discord takes it', () => {
  fc.assert(
    fc.property(pageIds, (id) => {
      const customId = encodePageId(id)
      expect(customId.length).toBeLessThanOrEqual(100)
      expect(decodePageId(customId)).toEqual(id)
    }),
    { numRuns: 1000 },
  )
})

test('whatever comes in is either an id as it is made here, to the letter, or none', () => {
  fc.assert(
    fc.property(anything, (customId) => {
      const id = decodePageId(customId)
      if (id) expect(encodePageId(id)).toBe(customId)
    }),
    { numRuns: 5000 },
  )
})

test('a like within a second is anchored at the end of it, so that it never counts as newer than itself', () => {
  fc.assert(
    fc.property(pageIds, fc.integer({ min: 1_136_073_600_000, max: 4_102_444_800_000 }), (id, anchor) => {
      const decoded = decodePageId(encodePageId({ ...id, anchor }))?.anchor ?? 0
      expect(decoded - anchor).toBeGreaterThanOrEqual(0)
      expect(decoded - anchor).toBeLessThan(1000)
    }),
  )
})

const owner = '175928847299117063'
test.each([
  ['nothing', ''],
  ['another version', `liked:2:${owner}:0::f`],
  ['another command', `roundup:1:${owner}:0::f`],
  ['an offset below zero', `liked:1:${owner}:-1::f`],
  ['an offset of a thousand million', `liked:1:${owner}:1000000000::f`],
  ['an offset that is no number', `liked:1:${owner}:NaN::f`],
  ['an offset in powers of ten', `liked:1:${owner}:1e3::f`],
  ['an offset in full-width digits', `liked:1:${owner}:１０::f`],
  ['an offset with zeros before it', `liked:1:${owner}:010::f`],
  ['an anchor with zeros before it', `liked:1:${owner}:10:0tbz:f`],
  ['an anchor in capitals', `liked:1:${owner}:10:TBZ:f`],
  ['an unknown action', `liked:1:${owner}:10::x`],
  ['an action that every object has', `liked:1:${owner}:10::constructor`],
  ['a market in small letters', `liked:1:${owner}:10::f.gb`],
  ['an owner that is no id', 'liked:1:ana:10::f'],
  ['a newline behind it', `liked:1:${owner}:10::f\n`],
  ['101 characters', `liked:1:${owner}:10::f`.padEnd(101, 'f')],
])('%s is no id', (_, customId) => {
  expect(decodePageId(customId)).toBeUndefined()
})
