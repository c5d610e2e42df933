import fc from 'fast-check'
import { names, victims } from './people.ts'

const anybody = fc.constantFrom(...names)
const victim = fc.constantFrom(...victims)
/** Chooses among what there is by then, the latest more often. */
const pick = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const outside = fc.constantFrom('cross-site' as const, 'same-site' as const)

/** Names under which a sibling might get a cookie past the browser, or past us. */
const tossedNames = [
  ...['__Host-hearsay', '__host-hearsay', '', 'hearsay', ' __Host-hearsay', '__Host-hearsay '],
  ...['x', '"__Host-hearsay"', '__Host-hearsay2'],
]

/** What anybody does who wants to be linked. */
const honest = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('begins' as const), who: anybody, invited: fc.boolean() }) },
  { weight: 16, arbitrary: fc.record({ kind: fc.constant('goes on' as const), who: anybody }) },
  // A reload, or the way back: an address to which that browser was sent before.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeats' as const), who: anybody, pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('says no' as const), who: anybody }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('unlinks' as const), who: anybody }) },
)

/** What Mallory does besides: with her own browser and tools, or to the browser of somebody else. */
const hostile = fc.oneof(
  // A link that she has passed on, opened in the victim's browser.
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('follows a link' as const), who: victim, pick }) },
  // The browser asks for an address in advance, because there is a link to it.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('prefetches' as const), who: anybody, pick }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('is sent somewhere' as const), who: victim, pick, from: outside }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('sends a foreign form' as const), who: victim, pick, from: outside }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('has a cookie tossed' as const),
      who: victim,
      pick,
      name: fc.constantFrom(...tossedNames),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('loses cookies' as const), who: victim }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('replays' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('withholds her answer' as const), agrees: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('makes an address of two' as const),
      pick,
      other: pick,
      part: fc.constantFrom('state', 'code', 'code_challenge', 'client_id', 'for', 'client-id', 'token', 'error'),
    }),
  },
)

export const moves = fc.array(fc.oneof({ weight: 5, arbitrary: honest }, { weight: 4, arbitrary: hostile }), {
  minLength: 20,
  maxLength: 60,
  size: 'max',
})

type ValueOf<Arbitrary> = Arbitrary extends fc.Arbitrary<infer Value> ? Value : never
export type Move = ValueOf<typeof honest> | ValueOf<typeof hostile>
