import fc from 'fast-check'
import { expect, test } from 'vitest'
import { actions, decodePageId, encodePageId, longestQuery, pageOf, pageWanted } from '../../src/views/page-id.ts'
import type { Action, PageId } from '../../src/views/page-id.ts'
import { runs } from '../world/runs.ts'

const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ')
// From Spotify's beginning to the end of the century, in whole seconds.
const times = fc.option(
  fc.integer({ min: 1_136_073_600, max: 4_102_444_800 }).map((seconds) => seconds * 1000),
  { nil: undefined },
)
const hashes = fc.string({ unit: fc.constantFrom(...Array.from('azAZ09_-')), minLength: 3, maxLength: 3 })
const anchors = {
  1: times.map((time) => (time === undefined ? undefined : { time, hash: undefined })),
  2: fc.option(fc.record({ time: times, hash: hashes }), { nil: undefined }),
}
const idsOf = (version: 1 | 2): fc.Arbitrary<PageId> =>
  fc
    .record({
      version: fc.constant(version),
      owner: fc.bigInt({ min: 10n ** 16n, max: 2n ** 64n - 1n }).map(String),
      offset: fc.integer({ min: 0, max: 9_999_999 }),
      anchor: anchors[version],
      action: fc.constantFrom(...(Object.keys(actions) as Action[])),
      // Only the present release counts the pages.
      pages:
        version === 1 ? fc.constant(undefined) : fc.option(fc.integer({ min: 1, max: 99_999 }), { nil: undefined }),
    })
    .chain((id) => lists.map((list) => ({ ...id, ...list })))
const queries = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 25 }).filter(fits)
const lists = fc.oneof(
  fc.record({
    market: fc.option(
      fc.tuple(fc.constantFrom(...letters), fc.constantFrom(...letters)).map((pair) => pair.join('')),
      { nil: undefined },
    ),
    range: fc.constant(undefined),
    list: fc.constant(undefined),
    query: fc.option(queries, { nil: undefined }),
  }),
  fc.record({
    market: fc.constant(undefined),
    range: fc.constantFrom('2023', '2023-07', '2023-07-14'),
    list: fc.constant(undefined),
    query: fc.constant(undefined),
  }),
  fc.record({
    market: fc.constant(undefined),
    range: fc.constant(undefined),
    list: fc.constantFrom('artist', 'memories', 'common'),
    query: queries,
  }),
)
const pageIds = fc.oneof(idsOf(1), idsOf(2))

function fits(query: string): boolean {
  return query.length <= longestQuery
}

/** Ids with one thing changed, which come nearer to real ones than any random string. */
const altered = fc
  .tuple(pageIds.map(encodePageId), fc.nat(), fc.nat(3), fc.string({ unit: 'binary', maxLength: 3 }))
  .map(([id, at, taken, put]) => id.slice(0, at % (id.length + 1)) + put + id.slice((at % (id.length + 1)) + taken))
/** Ids of the right shape with parts that may be anything. */
const owners = [
  ...['175928847299117063', '17592884729911706', '1', '000000000000000000', 'ana', ''],
  ...['1c4ajkzhqx9z', '01c4ajkzhqx9z', 'zzzzzzzzzzzzz', '2qgpckvng1s', '2qgpckvng1r', '1C4AJKZHQX9Z', 'toString'],
]
const offsets = [
  '5yc1r',
  '5yc1s',
  'zz',
  '0zz',
  'ZZ',
  '0',
  '10',
  '007',
  '00',
  '-1',
  '1e3',
  '1.5',
  'NaN',
  '１２',
  '9999999',
  '10000000',
  '',
]
const rows = ['', '0', 'tbz', '0tbz', '00', 'zzzzzzzz', 'zzzzzzzzz', 'TBZ', '-5', 'é', 'a_-', 'a_-0', 'a_-00', 'a_-tbz']
const composed = fc
  .record({
    version: fc.constantFrom('1', '2', '3', '01', ''),
    owner: fc.constantFrom(...owners),
    offset: fc.constantFrom(...offsets),
    anchor: fc.constantFrom(...rows),
    end: fc.constantFrom(
      'f',
      'g',
      'x',
      'ff',
      '',
      'f.GB',
      'f.gb',
      'f.',
      'f.GBR',
      'f\n',
      'j312',
      'j0',
      'j01',
      'j100000',
      'f.2023',
      'f.2023-07',
      'f.2023-7',
      'f.2023-07-14',
      'f.2023-07-14-01',
    ),
  })
  .map(({ version, owner, offset, anchor, end }) => `liked:${version}:${owner}:${offset}:${anchor}:${end}`)
const anything = fc.oneof(fc.string({ unit: 'binary' }), altered, composed)

test('what a button says is what comes back, and Discord takes it', () => {
  fc.assert(
    fc.property(pageIds, (id) => {
      const customId = encodePageId(id)
      expect(customId.length).toBeLessThanOrEqual(100)
      expect(decodePageId(customId)).toEqual(id)
    }),
    { numRuns: runs(1000) },
  )
})

test('whatever comes in is either an id as it is made here, to the letter, or none', () => {
  fc.assert(
    fc.property(anything, (customId) => {
      const id = decodePageId(customId)
      if (id) expect(encodePageId(id)).toBe(customId)
    }),
    { numRuns: runs(5000) },
  )
})

test('a like within a second is anchored at the end of it, so that it never counts as newer than itself', () => {
  fc.assert(
    fc.property(pageIds, fc.integer({ min: 1_136_073_600_000, max: 4_102_444_800_000 }), (id, time) => {
      const hash = id.version === 2 ? 'abc' : undefined
      const decoded = decodePageId(encodePageId({ ...id, anchor: { time, hash } }))?.anchor?.time ?? 0
      expect(decoded - time).toBeGreaterThanOrEqual(0)
      expect(decoded - time).toBeLessThan(1000)
    }),
  )
})

const owner = '175928847299117063'
test.each([
  ['nothing', ''],
  ['another version', 'liked:3:1c4ajkzhqx9z:0::f'],
  ['an owner in the digits of another version', `liked:2:${owner}:0::f`],
  ['an owner in capitals', 'liked:2:1C4AJKZHQX9Z:0::f'],
  ['an owner of too few digits', 'liked:2:2qgpckvng1r:0::f'],
  ['an offset beyond all lists', 'liked:2:1c4ajkzhqx9z:5yc1s::f'],
  ['half a hash', 'liked:2:1c4ajkzhqx9z:0:ab:f'],
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

const id = { version: 2, owner, anchor: { time: 1_790_000_000_000, hash: 'abc' } } as const
test.each([
  ['First', 'first', 30, 0],
  ['Previous', 'previous', 30, 20],
  ['Previous on the first page', 'previous', 0, -10],
  ['Next, whose row is the last of the page', 'next', 39, 40],
  ['Next, under a page that is not full', 'next', 34, 40],
  ['Last', 'last', 30, Infinity],
  ['Browse privately', 'browse', 30, 30],
  ['the jump to a page', 'jump', 33, 30],
] as const)('%s leads from its row to the page that it names', (_, action, offset, wanted) => {
  expect(pageWanted({ ...id, action, offset })).toEqual({ offset: wanted, anchor: { ...id.anchor, offset } })
})

test.each([
  ['its first row', id, 0, 1],
  ['its first row', id, 30, 4],
  ['a row within it, as after removals', id, 33, 4],
  ['the page of 0.1.0', { ...id, version: 1 }, 40, 5],
] as const)('a page is counted from 1 by %s', (_, from, offset, page) => {
  expect(pageOf({ ...from, action: 'jump', offset })).toBe(page)
})

test('what 0.1.0 has sent leads to the page that it says, counted from the newest like of then', () => {
  const decoded = decodePageId(`liked:1:${owner}:40:tbz:n`) ?? expect.unreachable()
  expect(pageWanted(decoded)).toEqual({
    offset: 40,
    anchor: { offset: 0, time: parseInt('tbz', 36) * 1000, hash: undefined },
  })
})
