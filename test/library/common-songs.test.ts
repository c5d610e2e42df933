import { setImmediate as turn } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { commonPage, createCommonSongs, type Both } from '../../src/library/common-songs.ts'
import { anchorAt } from '../../src/library/page.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import type { Segments } from '../../src/library/segments.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { runs } from '../world/runs.ts'
import { libraryFrom } from './numbered-library.ts'

const usual = { title: 'Rain', artists: ['Ana'], album: '', explicit: undefined, cover: undefined }

/** A track by one letter, liked on a day. */
function track(letter: string, day: number | undefined, about: Partial<Song> = {}): Song {
  const id = letter.padEnd(22, 'x')
  const addedAt = day === undefined ? undefined : day * 86_400_000
  return { ...usual, uri: `spotify:track:${id}`, url: `https://open.spotify.com/track/${id}`, addedAt, ...about }
}

function local(day: number, about: Partial<Song> = {}): Song {
  return { ...track('l', day), uri: `spotify:local:${day}`, url: undefined, ...about }
}

/** In packs of three, the newest first. */
function libraryOf(songs: readonly Song[]): Segments {
  const pack = createPacker()
  return Array.from({ length: Math.ceil(songs.length / 3) }, (_, index) => {
    const some = songs.slice(index * 3, index * 3 + 3)
    return { pack: pack(some), from: 0, to: some.length }
  })
}

/** What both have, as `title: day of one, day of the other`, with a star for another release. */
async function rows(one: readonly Song[], other: readonly Song[]): Promise<string[]> {
  const both: Both = [libraryOf(one), libraryOf(other)]
  const { common } = commonPage(both, await createCommonSongs()(both), { offset: 0 })
  return common.map(({ song, likedAt, isOtherRelease }) => {
    const days = likedAt.map((time) => (time === undefined ? '?' : time / 86_400_000))
    return `${song.title}: ${days.join(', ')}${isOtherRelease ? ' *' : ''}`
  })
}

test.each([
  ['the same track', [track('a', 5)], [track('a', 9)], ['Rain: 5, 9']],
  ['none', [track('a', 5)], [track('b', 9, { title: 'Snow' })], []],
  ['another release, however it is written', [track('a', 5, { title: 'Räin ' })], [track('b', 3)], ['Räin : 5, 3 *']],
  ['the same title by somebody else', [track('a', 5)], [track('b', 9, { artists: ['Ben'] })], []],
  ['a file of one’s own and a track', [local(5)], [track('b', 9)], ['Rain: 5, 9 *']],
  ['two files', [local(5)], [local(9)], ['Rain: 5, 9']],
  ['tracks without a title', [track('a', 5, { title: '' })], [track('b', 9, { title: '' })], []],
  ['what Spotify does not name', [local(5, { uri: 'missing:1' })], [local(5, { uri: 'missing:1', title: 'Snow' })], []],
  [
    'both releases by both',
    [track('a', 5), track('b', 4)],
    [track('b', 7), track('a', 6)],
    ['Rain: 4, 7', 'Rain: 5, 6'],
  ],
  ['both releases by one', [track('a', 5), track('b', 4)], [track('b', 7)], ['Rain: 4, 7']],
  ['a track without its address', [track('a', 5, { url: undefined })], [track('a', 9)], ['Rain: 5, 9']],
  ['a like without a date', [track('a', undefined)], [track('a', 9)], ['Rain: ?, 9']],
])('%s', async (_, one, other, expected) => {
  expect(await rows(one, other)).toEqual(expected)
})

const likes = fc.array(fc.record({ letter: fc.constantFrom(...Array.from('abcdefghijkl')), day: fc.nat(400) }), {
  maxLength: 14,
})
// Two letters of the alphabet are one song.
const titles = 'aabbccddeeff'
const library = likes.map((some) =>
  some
    .toSorted((one, other) => other.day - one.day)
    .map(({ letter, day }) => track(letter, day, { title: titles['abcdefghijkl'.indexOf(letter)] ?? '' })),
)

test('whatever two people have: each song that both have is there once, by its later like, and nothing else', async () => {
  await fc.assert(
    fc.asyncProperty(library, library, async (one, other) => {
      const both: Both = [libraryOf(one), libraryOf(other)]
      const common = await createCommonSongs()(both)
      const pages = Array.from({ length: Math.ceil(common.times.length / 10) }, (_, page) =>
        commonPage(both, common, { offset: page * 10 }),
      )
      const songs = pages.flatMap((page) => page.common)
      const names = (some: readonly Song[]): Set<string> => new Set(some.map(({ title }) => title))
      /** The tracks of that name that both have; where there are none, both have it from other releases. */
      const same = (title: string): Set<string> => {
        const [first, second] = [one, other].map((some) => some.filter((song) => song.title === title))
        const uris = new Set(second?.map(({ uri }) => uri))
        return new Set(first?.flatMap(({ uri }) => (uris.has(uri) ? [uri] : [])))
      }
      const found = songs.map(({ song }) => song.title)
      const wanted = [...names(one).intersection(names(other))].flatMap((title) =>
        Array.from({ length: Math.max(same(title).size, 1) }, () => title),
      )
      expect(found.toSorted()).toEqual(wanted.toSorted())
      for (const { song, likedAt, isOtherRelease } of songs) {
        expect(song.addedAt).toBe(Math.max(...likedAt.map((time) => time ?? NaN)))
        expect(isOtherRelease).toBe(same(song.title).size === 0)
      }
      const times = songs.map(({ song }) => song.addedAt ?? 0)
      expect(times).toEqual(times.toSorted((a, b) => b - a))
    }),
    { numRuns: runs(200) },
  )
})

test('a page goes on from its row when something is liked in front of it, and when that row has gone', async () => {
  const songs = Array.from({ length: 60 }, (_, index) =>
    track('abcdefghij'[index % 10] + String(index), 400 - index, { title: `Song ${index}` }),
  )
  const compare = createCommonSongs()
  const pageOf = async (one: readonly Song[], offset: number, row?: Song, place = 0) => {
    const both: Both = [libraryOf(one), libraryOf(songs)]
    const anchor = row && anchorAt(row, place)
    return commonPage(both, await compare(both), { offset, anchor })
  }
  const first = await pageOf(songs.slice(2), 0)
  const row = first.songs.at(-1) ?? expect.unreachable()
  const next = await pageOf(songs, 10, row, 9)
  expect([next.songs[0]?.title, next.newer, next.total]).toEqual(['Song 12', 2, 60])
  const gone = await pageOf(
    songs.filter(({ uri }) => uri !== row.uri),
    10,
    row,
    9,
  )
  expect(gone.songs[0]?.title).toBe('Song 12')
})

test('while two libraries of 40,000 songs are compared, everything else gets a turn for each two thousand', async () => {
  const [one, other] = [libraryFrom(0), libraryFrom(10_000)]
  const compare = createCommonSongs()
  const seen = { isOver: false }
  const comparing = compare([one, other]).finally(() => (seen.isOver = true))
  let turns = 0
  for (; !seen.isOver; turns += 1) await turn()
  const common = await comparing
  expect(common.times).toHaveLength(30_000)
  // By id and by name, both libraries. `npm run bounds` says how long a piece takes.
  expect(turns).toBeGreaterThanOrEqual((4 * 40_000) / 2_000)
  expect(await compare([one, other])).toBe(common)
})
