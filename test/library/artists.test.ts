import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { artistCalled, artistFilter, shortName, suggestedArtists } from '../../src/library/artists.ts'
import { normalize, wordsOf } from '../../src/library/normalize.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import { foundPage } from '../../src/library/search.ts'
import type { Segments } from '../../src/library/segments.ts'
import { longestQuery } from '../../src/views/page-id.ts'
import { runs } from '../world/runs.ts'
import { songOf } from './list-fixture.ts'

const long = 'The Society for the Preservation of Extraordinarily Long Names'
const names = [
  ['Low'],
  ['The Lows', 'Ana'],
  ['Beyoncé', 'JAŸ-Z'],
  ['!!!'],
  [long],
  [`${long} and Their Abbreviations`],
  ['Earth, Wind & Fire'],
  ['Slow', 'Low'],
  ['low'],
]
const segments = segmentsOf(names)

function segmentsOf(artists: readonly (readonly string[])[]): Segments {
  // The album holds the name that is looked for.
  const songs = artists.map((of, index) => songOf(artists.length - index, { artists: of, title: 'Low', album: 'Low' }))
  return [{ pack: createPacker()(songs), from: 0, to: songs.length }]
}

describe('the songs of an artist, newest first, by the place of their artists above', () => {
  test.each([
    ['low', [0, 7, 8]],
    ['  LOW ', [0, 7, 8]],
    ['beyonce', [2]],
    ['Jay-Z', [2]],
    ['!!!', [3]],
    ['earth, wind & fire', [6]],
    // Nobody is called so.
    ['lows', [1]],
    ['wind earth', [6]],
    ['lo', [0, 1, 4, 5, 7, 8]],
    ['ana low', []],
    ['nobody', []],
    // Two who are the same as far as an id has room.
    [long, [4, 5]],
    [shortName(long, longestQuery), [4, 5]],
    ['extraordinarily long', [4, 5]],
  ])('%j', (name, places) => {
    const { numbers } = foundPage(segments, artistFilter(name, longestQuery), { offset: 0 })
    expect(numbers.map((number) => names.length - number)).toEqual(places)
  })

  test('whoever is called so is found by the name that an id has room for, and nobody else then', () => {
    const artist = fc.string({
      unit: fc.oneof(
        fc.constantFrom('a', 'É', ' ', '🎵', '.', 'か', '-'),
        fc.string({ unit: 'grapheme', minLength: 1, maxLength: 1 }),
      ),
      maxLength: 70,
    })
    fc.assert(
      fc.property(
        fc.array(fc.array(artist, { maxLength: 3 }), { minLength: 1, maxLength: 8 }),
        fc.nat(),
        (all, pick) => {
          const everybody = all.flat()
          const name = shortName(everybody[pick % everybody.length] ?? '', longestQuery)
          fc.pre(wordsOf(name).length > 0)
          expect(name.length).toBeLessThanOrEqual(longestQuery)
          expect(name.isWellFormed()).toBe(true)
          const { songs, total } = foundPage(segmentsOf(all), artistFilter(name, longestQuery), { offset: 0 })
          expect(total).toBe(all.filter((of) => artistCalled(name, of, longestQuery) !== undefined).length)
          expect(songs.every(({ artists }) => artistCalled(name, artists, longestQuery) !== undefined)).toBe(true)
          expect(total).toBeGreaterThan(0)
        },
      ),
      { numRuns: runs(500) },
    )
  })
})

describe('which artists are suggested', () => {
  test.each([
    ['lo', ['Low', 'low', 'The Lows', long, `${long} and Their Abbreviations`, 'Slow']],
    ['bey', ['Beyoncé']],
    ['fire earth', ['Earth, Wind & Fire']],
    [
      '',
      [
        'Low',
        'The Lows',
        'Ana',
        'Beyoncé',
        'JAŸ-Z',
        '!!!',
        long,
        `${long} and Their Abbreviations`,
        'Earth, Wind & Fire',
        'Slow',
        'low',
      ],
    ],
    ['nobody', []],
  ])('%j', (typed, expected) => {
    expect(suggestedArtists(segments, wordsOf(typed))).toEqual(expected)
  })

  test('25 at most, and those whose names begin with it before those of newer songs', () => {
    const many = Array.from({ length: 60 }, (_, index) => [index < 30 ? `My band ${index}` : `Band ${index}`])
    const found = suggestedArtists(segmentsOf(many), ['band'])
    expect(found).toEqual(many.flat().slice(30, 55))
    expect(normalize(found[0] ?? '')).toBe('band 30')
  })
})
