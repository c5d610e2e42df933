import fc from 'fast-check'
import { names, places, type Name, type Place } from './people.ts'

/** One thing that happens. Numbers choose among what is there, the latest first; where nothing is, nothing happens. */
export type Step =
  | { readonly kind: 'links'; readonly who: Name; readonly slow: boolean }
  | {
      readonly kind: 'looks'
      readonly who: Name
      readonly at: Name
      readonly how: 'recent' | 'search' | 'random' | 'when' | 'menu' | 'common'
      readonly place: Place
      readonly hidden: boolean | null
      readonly slow: boolean
    }
  | { readonly kind: 'types'; readonly who: Name; readonly place: Place }
  | {
      readonly kind: 'shares'
      readonly who: Name
      readonly place: Place
      readonly choice: 'Share with this server' | 'Share with nobody'
    }
  | {
      readonly kind: 'presses'
      readonly who: Name
      readonly message: number
      readonly button: number
      readonly slow: boolean
    }
  | { readonly kind: 'submits'; readonly who: Name; readonly page: number; readonly slow: boolean }
  | {
      readonly kind: 'asks'
      readonly who: Name
      readonly at: Name
      readonly how: 'recent' | 'common'
      readonly place: Place
    }
  | { readonly kind: 'answers'; readonly who: Name; readonly choice: Choice; readonly slow: boolean }
  | { readonly kind: 'unlinks'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'joins' | 'quits' | 'joins and quits'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'joins as before' | 'agrees to everything'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'sees all'; readonly who: Name; readonly slow: boolean }
  | { readonly kind: 'rounds up'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'leaves' | 'comes back'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'ends elsewhere'; readonly who: Name; readonly place: Place }
  | { readonly kind: 'ends on Spotify'; readonly who: Name }
  | { readonly kind: 'spotify fails'; readonly really: boolean }
  | { readonly kind: 'an answer arrives' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'time passes'; readonly minutes: number }

/** In minutes: beyond the lifetime of an index. */
const dayAndMore = 25 * 60

type Choice = 'Show one page here' | 'Share with everyone here' | 'No' | 'Undo'

const who = fc.constantFrom(...names)
const at = fc.constantFrom(...names)
// Most happens in one place, or nothing would ever meet.
const place = fc.constantFrom<Place>('north', 'north', 'north', ...places)
const choice = fc.constantFrom<'Share with this server' | 'Share with nobody'>(
  'Share with this server',
  'Share with this server',
  'Share with this server',
  'Share with nobody',
)
const asked = fc.constantFrom('recent', 'common')
const slow = fc.constantFrom(false, false, true)
const kind = <Kind extends Step['kind']>(name: Kind) => fc.constant(name)

const look = fc.record({
  kind: kind('looks'),
  who,
  at,
  how: fc.constantFrom('recent', 'search', 'random', 'when', 'menu', 'common'),
  place,
  hidden: fc.constantFrom(null, false, true),
  slow,
})

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind('links'), who, slow }) },
  { weight: 9, arbitrary: look },
  { weight: 1, arbitrary: fc.record({ kind: kind('types'), who, place }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: kind('shares'), who, place, choice }),
  },
  {
    weight: 9,
    arbitrary: fc.record({ kind: kind('presses'), who, message: fc.nat(5), button: fc.nat(8), slow }),
  },
  { weight: 2, arbitrary: fc.record({ kind: kind('submits'), who, page: fc.integer({ min: 1, max: 7 }), slow }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('asks'), who, at, how: asked, place }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind('answers'),
      who,
      choice: fc.constantFrom('Show one page here', 'Share with everyone here', 'No', 'Undo'),
      slow,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind('unlinks'), who, place }) },
  { weight: 3, arbitrary: fc.record({ kind: kind('joins'), who, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('joins as before'), who, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('quits'), who, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('joins and quits'), who, place }) },
  { weight: 4, arbitrary: fc.record({ kind: kind('rounds up'), who, place }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('sees all'), who, slow }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('leaves'), who, place }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('comes back'), who, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('ends elsewhere'), who, place }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('ends on Spotify'), who }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('spotify fails'), really: fc.boolean() }) },
  { weight: 5, arbitrary: fc.record({ kind: kind('an answer arrives') }) },
  { weight: 1, arbitrary: fc.record({ kind: kind('time passes'), minutes: fc.constantFrom(1, 6, 61, dayAndMore) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind('restart') }) },
)

/** Somebody changes their mind while Spotify is about to tell somebody of their songs. */
const regret: fc.Arbitrary<Step[]> = fc.tuple(look, fc.boolean()).map(([begun, unlinks]) => {
  const { at: name, place: here } = begun
  const end: Step = unlinks
    ? { kind: 'unlinks', who: name, place: here }
    : { kind: 'shares', who: name, place: here, choice: 'Share with nobody' }
  return [{ ...begun, slow: true }, end]
})

/** Somebody shows what they have in common with somebody, who turns it, also after one of them has changed their mind. */
const together: fc.Arbitrary<Step[]> = fc
  .record({
    who,
    other: at,
    place,
    hidden: fc.constantFrom(null, null, true),
    isShared: fc.constantFrom(true, true, false),
    isMutual: fc.boolean(),
    isSlow: fc.boolean(),
    ends: fc.array(fc.tuple(fc.constantFrom('shares', 'unlinks', 'links', 'leaves', 'ends on Spotify'), fc.boolean()), {
      maxLength: 2,
    }),
    presses: fc.array(fc.tuple(fc.constantFrom(...names), fc.nat(8), slow), { minLength: 1, maxLength: 4 }),
  })
  .map(({ who, other, place, hidden, isShared, isMutual, isSlow, ends, presses }): Step[] => {
    const shares = (one: Name, choice: 'Share with this server' | 'Share with nobody'): Step => {
      return { kind: 'shares', who: one, place, choice }
    }
    const turns = presses.map(([one, button, slow]): Step => ({ kind: 'presses', who: one, message: 0, button, slow }))
    return [
      { kind: 'links', who, slow: false },
      { kind: 'links', who: other, slow: false },
      ...(isShared ? [shares(other, 'Share with this server')] : []),
      ...(isMutual ? [shares(who, 'Share with this server')] : []),
      ...(isShared
        ? [{ kind: 'looks', who, at: other, how: 'common', place, hidden, slow: isSlow } as const]
        : ([
            { kind: 'asks', who, at: other, how: 'common', place },
            { kind: 'answers', who: other, choice: 'Show one page here', slow: isSlow },
          ] as const)),
      ...turns,
      ...ends.map(([end, isOther]): Step => {
        const one = isOther ? other : who
        if (end === 'shares') return shares(one, 'Share with nobody')
        if (end === 'links') return { kind: 'links', who: one, slow: false }
        return end === 'ends on Spotify' ? { kind: end, who: one } : { kind: end, who: one, place }
      }),
      ...turns,
    ]
  })

/** Somebody takes part and leaves the server, where somebody else then wants to see what has been saved. */
const departure: fc.Arbitrary<Step[]> = fc.tuple(who, at, place).map(([gone, other, here]) => [
  { kind: 'joins', who: gone, place: here },
  { kind: 'leaves', who: gone, place: here },
  { kind: 'rounds up', who: other, place: here },
])

/** All that somebody has in a roundup is opened, also once that is not to be seen any more. */
const part: fc.Arbitrary<Step[]> = fc
  .record({
    who,
    other: at,
    place,
    end: fc.constantFrom<'leaves' | 'quits' | 'unlinks' | undefined>('leaves', 'quits', 'unlinks', undefined),
  })
  .map(({ who, other, place, end }): Step[] => [
    { kind: 'links', who, slow: false },
    { kind: 'joins', who, place },
    { kind: 'rounds up', who: other, place },
    ...(end ? [{ kind: end, who, place }] : []),
    { kind: 'sees all', who: other, slow: false },
  ])

/** Somebody takes part as 0.1.0 told them, and may agree to more, or begin anew. */
const terms: fc.Arbitrary<Step[]> = fc
  .record({ who, other: at, place, change: fc.constantFrom('agrees to everything', 'quits', undefined) })
  .map(({ who, other, place, change }): Step[] => {
    const joins: Step = { kind: 'joins as before', who, place }
    const shown: readonly Step[] = [
      { kind: 'rounds up', who: other, place },
      { kind: 'sees all', who: other, slow: false },
    ]
    const changes: readonly Step[] = change
      ? [{ kind: change, who, place }, ...(change === 'quits' ? [joins] : [])]
      : []
    return [{ kind: 'links', who, slow: false }, joins, ...shown, ...changes, ...shown]
  })

/** Somebody's index is kept, and the next process meets it, or another account, or nobody. */
const nextProcess: fc.Arbitrary<Step[]> = fc
  .record({
    who,
    place,
    meanwhile: fc.constantFrom<'unlinks' | 'links' | 'ends on Spotify' | undefined>(
      'unlinks',
      'links',
      'ends on Spotify',
      undefined,
    ),
  })
  .map(({ who, place, meanwhile }): Step[] => {
    const search: Step = { kind: 'looks', who, at: who, how: 'search', place, hidden: null, slow: false }
    const steps: readonly Step[] = [
      { kind: 'unlinks', who, place },
      { kind: 'links', who, slow: false },
      { kind: 'ends on Spotify', who },
    ]
    const between = steps.filter(({ kind }) => kind === meanwhile)
    return [search, ...between, { kind: 'restart' }, search]
  })

const happenings = fc.oneof(
  { weight: 12, arbitrary: step.map((one): Step[] => [one]) },
  { weight: 1, arbitrary: regret },
  { weight: 2, arbitrary: together },
  { weight: 1, arbitrary: departure },
  { weight: 1, arbitrary: part },
  { weight: 1, arbitrary: terms },
  { weight: 2, arbitrary: nextProcess },
)

/** Some people who are linked and some who share in the north from the start, and what happens then. */
export const lives: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.subarray([...names]),
    fc.subarray([...names]),
    fc.array(happenings, { minLength: 1, maxLength: 28, size: 'max' }),
  )
  .map(([linked, sharing, steps]) => [
    ...linked.map((one): Step => ({ kind: 'links', who: one, slow: false })),
    ...sharing.map((one): Step => ({ kind: 'shares', who: one, place: 'north', choice: 'Share with this server' })),
    ...steps.flat(),
  ])
