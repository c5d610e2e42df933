import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalize, wordsOf } from '../../src/library/normalize.ts'
import { matches, suggestions } from '../../src/library/search.ts'
import { createPacker, songIn } from '../../src/library/packed-songs.ts'
import { compact, slice, songsBetween, type Segment, unknown } from '../../src/library/segments.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { songOf } from './list-fixture.ts'
import { runs } from '../world/runs.ts'

const songs = [
  songOf(9, { title: 'Halo', artists: ['Beyoncé'], album: 'I Am… Sasha Fierce' }),
  songOf(8, { title: 'Crazy in Love', artists: ['Beyoncé', 'JAŸ-Z'], album: 'Dangerously in Love' }),
  songOf(7, { title: 'Lovely Day', artists: ['Bill Withers'], album: 'Menagerie' }),
  songOf(6, { title: 'Tokyo', artists: ['きゃりーぱみゅぱみゅ'], album: '東京ガール' }),
  songOf(5, { title: 'Ya Rayah', artists: ['رَشيد طه'], album: 'Diwân' }),
  songOf(4, { title: '', artists: [], album: '', uri: 'missing:5', url: undefined }),
  songOf(3, { title: 'Day', artists: ['Love'], album: 'Lo', uri: 'spotify:local:x', url: undefined }),
  songOf(2, { title: 'Halo', artists: ['Beyoncé'], album: 'Live' }),
  songOf(1, { title: 'Love Me Do', artists: ['The Beatles'], album: 'Please Please Me' }),
]
const segments = inPacksOf(songs, 4)

describe('what a search finds, newest first', () => {
  test.each([
    ['love', [8, 7, 3, 1]],
    ['LOVE day', [7, 3]],
    ['day love', [7, 3]],
    ['beyonce', [9, 8, 2]],
    ['Beyoncé  halo', [9, 2]],
    ['jay-z', [8]],
    ['in love in', [8]],
    ['sasha', [9]],
    ['東京', [6]],
    ['ガール tokyo', [6]],
    ['カール', []],
    ['رشيد', [5]],
    ['diwan rayah', [5]],
    ['halobeyonce', []],
    ['daylove', []],
    ['menagerietokyo', []],
    ['nothing', []],
  ])('%j', (query, numbers) => {
    expect([...matches(segments, wordsOf(query))].map(({ place }) => songs.length - place)).toEqual(numbers)
  })

  test('every hit holds every word and nothing that does is left out, however the songs are packed', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'É', ' '), maxLength: 6 })
    const song = fc
      .tuple(letters, letters, letters)
      .map(([title, artist, album]) => songOf(1, { title, artists: [artist], album }))
    const words = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', 'e'), minLength: 1, maxLength: 3 }), {
      minLength: 1,
      maxLength: 3,
    })
    fc.assert(
      fc.property(
        fc.array(song, { maxLength: 40 }),
        words,
        fc.integer({ min: 1, max: 9 }),
        fc.nat(40),
        (list, query, size, from) => {
          const some = slice(inPacksOf(list, size), from, 1000)
          const holds = ({ title, artists, album }: Song) =>
            query.every((word) => [title, ...artists, album].some((field) => normalize(field).includes(word)))
          const expected = list.slice(from).flatMap((one, place) => (holds(one) ? [place] : []))
          expect([...matches(some, query)].map(({ place }) => place)).toEqual(expected)
        },
      ),
      { numRuns: runs(500) },
    )
  })
})

describe('what is suggested', () => {
  test.each([
    ['lov', ['Lovely Day', 'Love Me Do', 'Crazy in Love', 'Day']],
    ['halo', ['Halo']],
    ['Crazy in', ['Crazy in Love']],
    ['bey', ['Halo', 'Crazy in Love']],
    ['', ['Halo', 'Crazy in Love', 'Lovely Day', 'Tokyo', 'Ya Rayah', 'Day', 'Love Me Do']],
    ['xyz', []],
  ])('%j', (text, titles) => {
    expect(suggestions(segments, wordsOf(text)).map(({ title }) => title)).toEqual(titles)
  })

  test('25 at most, and titles that begin with it go before newer ones', () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      songOf(60 - index, { title: index < 30 ? `My song ${index}` : `Song ${index}` }),
    )
    const titles = suggestions(inPacksOf(many, 50), ['song']).map(({ title }) => title)
    expect(titles).toEqual(many.slice(30, 55).map(({ title }) => title))
  })
})

describe('packed songs', () => {
  test('come out as they went in, odd ones too', () => {
    const odd = {
      uri: fc.constantFrom('missing:3', 'spotify:local:a:b:c:9', 'spotify:track:0123456789012345678901'),
      url: fc.constantFrom(undefined, 'https://open.spotify.com/track/0123456789012345678901'),
    }
    const text = fc.string({ unit: 'binary', maxLength: 12 })
    const song = fc
      .tuple(
        fc.record({
          title: text,
          album: text,
          artists: fc.array(text, { maxLength: 3 }),
          addedAt: fc.option(fc.integer(), { nil: undefined }),
          cover: fc.option(text, { nil: undefined }),
        }),
        fc.option(fc.record(odd), { nil: {} }),
      )
      .map(([one, other]) => songOf(1, { ...one, ...other }))
    fc.assert(
      fc.property(fc.array(song, { maxLength: 60 }), (list) => {
        const pack = createPacker()(list)
        expect(list.map((_, index) => songIn(pack, index))).toEqual(list)
      }),
      { numRuns: runs(80) },
    )
  })

  test('the fragments that edits leave become packs again, and unknown places stay where they are', () => {
    const fragments = [1, 2, 3, 4, 5, 6].flatMap((from) => slice(segments, from, from + 1))
    const pieces = [...fragments.slice(0, 3), ...unknown(7), ...unknown(3), ...fragments.slice(3)]
    const compacted = compact(pieces, createPacker())
    expect(compacted.map(({ pack, to, from }) => [pack !== undefined, to - from])).toEqual([
      [true, 3],
      [false, 10],
      [true, 3],
    ])
    expect(songsBetween(compacted, 0, Infinity)).toEqual(songs.slice(1, 7))
  })
})

function inPacksOf(list: readonly Song[], size: number): Segment[] {
  const pack = createPacker()
  return Array.from({ length: Math.ceil(list.length / size) }, (_, index) => {
    const some = list.slice(index * size, (index + 1) * size)
    return { pack: pack(some), from: 0, to: some.length }
  })
}
