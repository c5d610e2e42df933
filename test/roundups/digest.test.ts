import { expect, test } from 'vitest'
import { createDigest, type RoundupRow } from '../../src/roundups/digest.ts'
import { songOf } from '../library/list-fixture.ts'

const [ana, ben, cleo] = ['1', '2', '3']
const everybody = new Set([ana, ben, cleo])
const liked = (number: number, addedAt: number, changes = {}) => songOf(number, { addedAt, ...changes })

test('a song that several saved comes first, with all of them in the order in which they did', () => {
  const digest = createDigest()
  digest.add(ana, [liked(1, 300), liked(2, 100)])
  digest.add(ben, [liked(1, 200)])
  digest.add(cleo, [liked(1, 400)])
  expect(digest.rows(everybody).map(line)).toEqual(['several Song 1: 2@200 1@300 3@400', 'newest Song 2: 1@100'])
})

test('of those songs the one that was saved last comes first, and so does whoever saved last', () => {
  const digest = createDigest()
  digest.add(ana, [liked(1, 100), liked(2, 500), liked(3, 10)])
  digest.add(ben, [liked(1, 900), liked(2, 400), liked(4, 20)])
  expect(digest.rows(everybody).map(line)).toEqual([
    'several Song 1: 1@100 2@900',
    'several Song 2: 2@400 1@500',
    'newest Song 4: 2@20',
    'newest Song 3: 1@10',
  ])
})

test('of each the five newest come first that nobody else saved, then the rest', () => {
  const digest = createDigest()
  digest.add(
    ana,
    [1, 2, 3, 4, 5, 6, 7, 8].map((number) => liked(number, number * 10)),
  )
  digest.add(ben, [liked(8, 1), liked(9, 2)])
  expect(digest.rows(everybody).map(line)).toEqual([
    'several Song 8: 2@1 1@80',
    ...[7, 6, 5, 4, 3].map((number) => `newest Song ${number}: 1@${number}0`),
    ...['newest Song 9: 2@2', 'more Song 2: 1@20', 'more Song 1: 1@10'],
  ])
})

test('whoever is not among the people is nowhere, and a song of two becomes a song of one', () => {
  const digest = createDigest()
  digest.add(ana, [liked(1, 300)])
  digest.add(ben, [liked(1, 200), liked(2, 100)])
  expect(digest.rows(new Set([ana])).map(line)).toEqual(['newest Song 1: 1@300'])
  expect(digest.rows(new Set())).toEqual([])
})

test('a song that stands twice in a list was saved once, and what has no date or no name was not', () => {
  const digest = createDigest()
  digest.add(ana, [liked(1, 100), liked(1, 300)])
  digest.add(ben, [songOf(2, { addedAt: undefined }), liked(3, 50, { uri: 'missing:3' })])
  expect(digest.rows(everybody).map(line)).toEqual(['newest Song 1: 1@300'])
})

function line({ section, song, savers }: RoundupRow): string {
  return `${section} ${song.title}: ${savers.map(({ person, at }) => `${person}@${at}`).join(' ')}`
}
