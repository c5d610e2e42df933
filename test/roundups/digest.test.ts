import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDigest, type PersonSongs, type RoundupRow } from '../../src/roundups/digest.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { songOf } from '../library/list-fixture.ts'

const [ana, ben, cleo] = ['1', '2', '3']
const everybody = new Set([ana, ben, cleo])
const liked = (number: number, addedAt: number, changes = {}) => songOf(number, { addedAt, ...changes })

test('a song that several saved comes first, with all of them in the order in which they did', async () => {
  const saved = { [ana]: [liked(1, 300), liked(2, 100)], [ben]: [liked(1, 200)], [cleo]: [liked(1, 400)] }
  expect(await linesOf(saved)).toEqual(['several Song 1: 2@200 1@300 3@400', 'newest Song 2: 1@100 of 2'])
})

test('of those songs the one that was saved last comes first, and so does whoever saved last', async () => {
  const saved = {
    [ana]: [liked(1, 100), liked(2, 500), liked(3, 10)],
    [ben]: [liked(1, 900), liked(2, 400), liked(4, 20)],
  }
  expect(await linesOf(saved)).toEqual([
    'several Song 1: 1@100 2@900',
    'several Song 2: 2@400 1@500',
    'newest Song 4: 2@20 of 3',
    'newest Song 3: 1@10 of 3',
  ])
})

test('of each the five newest come first that nobody else saved, then everything else', async () => {
  const numbers = [1, 2, 3, 4, 5, 6, 7, 8]
  const saved = { [ana]: numbers.map((number) => liked(number, number * 10)), [ben]: [liked(8, 1), liked(9, 2)] }
  expect(await linesOf(saved)).toEqual([
    'several Song 8: 2@1 1@80',
    ...[7, 6, 5, 4, 3].map((number) => `newest Song ${number}: 1@${number}0 of 8`),
    ...['newest Song 9: 2@2 of 2', 'more Song 2: 1@20 of 8', 'more Song 1: 1@10 of 8'],
  ])
})

test('whoever is not among the people is nowhere, and a song of two becomes a song of one', async () => {
  const saved = { [ana]: [liked(1, 300)], [ben]: [liked(1, 200), liked(2, 100)] }
  expect(await linesOf(saved, new Set([ana]))).toEqual(['newest Song 1: 1@300 of 1'])
  expect(await linesOf(saved, new Set())).toEqual([])
})

test('whose songs are gone by the time that they are read is nowhere either', async () => {
  const { digest, kept } = digestOver()
  await digest.add(ana, [liked(1, 300), liked(2, 100)])
  await digest.add(ben, [liked(1, 200), liked(3, 100)])
  const arranged = await digest.arrange(everybody)
  kept.delete(ana)
  expect((await rowsIn(arranged)).map(line)).toEqual(['newest Song 1: 2@200 of 2', 'newest Song 3: 2@100 of 2'])
})

test('a song that stands twice in a list was saved once, and what has no date or no name was not', async () => {
  const saved = {
    [ana]: [liked(1, 100), liked(1, 300)],
    [ben]: [songOf(2, { addedAt: undefined }), liked(3, 50, { uri: 'missing:3' })],
  }
  expect(await linesOf(saved)).toEqual(['newest Song 1: 1@300 of 1'])
})

test('what is added of a person takes the place of what was known of them', async () => {
  const { digest, kept } = digestOver()
  await digest.add(ana, [liked(1, 300)])
  await digest.add(ana, [liked(2, 400)])
  expect((await rowsIn(await digest.arrange(everybody))).map(line)).toEqual(['newest Song 2: 1@400 of 1'])
  await digest.add(ana, [])
  expect(digest.people()).toEqual([])
  expect(kept.get(ana)).toEqual([])
})

test('whatever they saved, every song of everybody is in it once, in the order of the sections', async () => {
  const likes = fc.array(fc.tuple(fc.nat(30), fc.nat(1_000)), { maxLength: 25 })
  await fc.assert(
    fc.asyncProperty(fc.array(likes, { maxLength: 8 }), async (people) => {
      const saved = people.map((own) => own.map(([number, at]) => liked(number, at)))
      const { count, rows } = await arrangedOf(saved)
      expect(rows).toHaveLength(count)
      expect(new Set(rows.map(({ song }) => song.uri)).size).toBe(count)
      const pairs = rows.flatMap(({ song, savers }) => savers.map(({ person }) => `${person} ${song.uri}`))
      const expected = saved.flatMap((own, person) => own.map(({ uri }) => `${person} ${uri}`))
      expect(pairs.toSorted()).toEqual([...new Set(expected)].toSorted())
      const sections = ['several', 'newest', 'more']
      const places = rows.map(({ section }) => sections.indexOf(section))
      expect(places).toEqual(places.toSorted((a, b) => a - b))
      for (const { section, savers } of rows) expect(savers.length > 1).toBe(section === 'several')
    }),
  )
})

test('of songs that very many saved, and of very many such songs, all are there', async () => {
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1)
  const saved = Array.from({ length: 150 }, (_, person) => numbers.map((number) => liked(number, person + number)))
  const { count, widths, rows } = await arrangedOf(saved)
  expect([count, rows.length]).toEqual([200, 200])
  expect(new Set(widths)).toEqual(new Set([150]))
  for (const { savers } of rows) expect(savers).toHaveLength(150)
  expect(rows[0]?.song.title).toBe('Song 200')
})

function digestOver() {
  const kept = new Map<string, PersonSongs>()
  const digest = createDigest({
    keep: async (person, songs) => void kept.set(person, songs),
    read: async (person) => kept.get(person) ?? [],
  })
  return { digest, kept }
}

async function rowsIn({ rows }: Awaited<ReturnType<ReturnType<typeof createDigest>['arrange']>>) {
  const all: RoundupRow[] = []
  for await (const some of rows) all.push(...some)
  return all
}

async function arrangedOf(saved: Readonly<Record<string, readonly Song[]>> | readonly (readonly Song[])[]) {
  const { digest } = digestOver()
  for (const [person, songs] of Object.entries(saved)) await digest.add(person, songs)
  const arranged = await digest.arrange(new Set(Object.keys(saved)))
  return { ...arranged, rows: await rowsIn(arranged) }
}

async function linesOf(saved: Readonly<Record<string, readonly Song[]>>, people: ReadonlySet<string> = everybody) {
  const { digest } = digestOver()
  for (const [person, songs] of Object.entries(saved)) await digest.add(person, songs)
  return (await rowsIn(await digest.arrange(people))).map(line)
}

function line({ section, song, savers, of }: RoundupRow): string {
  const people = savers.map(({ person, at }) => `${person}@${at}`).join(' ')
  return `${section} ${song.title}: ${people}${of === undefined ? '' : ` of ${of}`}`
}
