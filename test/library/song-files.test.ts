import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacker } from '../../src/library/packed-songs.ts'
import { unknown, type Segments } from '../../src/library/segments.ts'
import { songFiles } from '../../src/library/song-files.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { runs } from '../world/runs.ts'
import { songOf, songsOf } from './list-fixture.ts'

const pack = createPacker()
const segmentsOf = (songs: readonly Song[]): Segments => [{ pack: pack(songs), from: 0, to: songs.length }]
const textOf = (file: Buffer | undefined): string =>
  new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file)
const header = ['number', 'title', 'artists', 'album', 'liked at', 'link', 'uri']

/** The rows of a file after RFC 4180, read by its letter; fails where a quote stands where it must not. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = []
  let rest = text
  while (rest) {
    const row: string[] = []
    for (let isOver = false; !isOver;) {
      const [whole, quoted, bare = ''] =
        /^(?:"((?:[^"]|"")*)"|([^",\r\n]*))/.exec(rest) ??
        expect.unreachable(`No cell: ${JSON.stringify(rest.slice(0, 30))}`)
      row.push(quoted?.replaceAll('""', '"') ?? bare)
      rest = rest.slice(whole.length)
      isOver = rest.startsWith('\r\n')
      if (!isOver && !rest.startsWith(',')) expect.unreachable(`Behind a cell: ${JSON.stringify(rest.slice(0, 30))}`)
      rest = rest.slice(isOver ? 2 : 1)
    }
    rows.push(row)
  }
  return rows
}

/** What a spreadsheet would take for a formula. */
const calculates = /^[=+\-@\t\r\n＝＋－＠]/
const inert = (text: string): string => (calculates.test(text) ? `'${text}` : text)

describe('a file of songs', () => {
  const songs = [
    songOf(3, {
      title: '=HYPERLINK("http://x","y")',
      artists: ['Tyler, The Creator', 'Ana'],
      addedAt: Date.UTC(2026, 10, 30, 9, 5, 7),
    }),
    songOf(2, { title: 'Two\nlines', artists: ['@ana'], album: '-1+1', addedAt: undefined }),
    songOf(1, { uri: 'spotify:local:x:y:z:1', url: undefined, title: 'קול "הים"', artists: [], album: '' }),
  ]
  const id = (number: number): string => songOf(number).uri.slice(-22)

  test('as CSV: a mark, a header, and a row for each song by its falling number', async () => {
    const [file, ...others] = await songFiles(segmentsOf(songs), 'csv', 10_000)
    expect(others).toEqual([])
    expect(textOf(file)).toBe(
      [
        '\uFEFFnumber,title,artists,album,liked at,link,uri',
        `3,"'=HYPERLINK(""http://x"",""y"")","Tyler, The Creator, Ana",Album 0,2026-11-30T09:05:07Z,https://open.spotify.com/track/${id(3)},spotify:track:${id(3)}`,
        `2,"Two\nlines",'@ana,'-1+1,,https://open.spotify.com/track/${id(2)},spotify:track:${id(2)}`,
        '1,"קול ""הים""",,,2012-01-01T01:00:00Z,,spotify:local:x:y:z:1',
        '',
      ].join('\r\n'),
    )
  })

  test('as JSON: a list of what is in the rows, text as it is', async () => {
    const [file] = await songFiles(segmentsOf(songs), 'json', 10_000)
    const list = JSON.parse(textOf(file)) as unknown[]
    expect(list[0]).toEqual({
      number: 3,
      title: '=HYPERLINK("http://x","y")',
      artists: ['Tyler, The Creator', 'Ana'],
      album: 'Album 0',
      likedAt: '2026-11-30T09:05:07Z',
      link: `https://open.spotify.com/track/${id(3)}`,
      uri: `spotify:track:${id(3)}`,
    })
    expect(list.slice(1)).toMatchObject([
      { number: 2, likedAt: null },
      { number: 1, link: null, uri: 'spotify:local:x:y:z:1' },
    ])
  })

  test('songs that could not be read keep their numbers free, and one that Spotify has lost has no uri', async () => {
    const segments = [
      ...unknown(5),
      ...segmentsOf([songOf(9, { uri: 'missing:5', url: undefined })]),
      ...unknown(50),
      ...segmentsOf(songsOf(1)),
    ]
    const [file] = await songFiles(segments, 'csv', 10_000)
    expect(
      parseCsv(textOf(file).slice(1))
        .slice(1)
        .map((row) => [row[0], row[6]]),
    ).toEqual([
      ['52', ''],
      ['1', songOf(1).uri],
    ])
    expect(await songFiles(unknown(3), 'csv', 10_000)).toEqual([])
  })
})

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', '"', ',', "'", ';', ' ', 'a', '\u202E', '\0'),
    maxLength: 8,
  }),
  fc.string({ unit: 'binary', maxLength: 6 }),
)
const someSongs = fc.array(
  fc.record({ title: text, artists: fc.array(text, { maxLength: 3 }), album: text, cut: fc.boolean() }),
  { minLength: 1, maxLength: 30 },
)

describe('any text', () => {
  test.each(['csv', 'json'] as const)(
    'comes back from %s files of any size, each whole and none too large',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(someSongs, fc.integer({ min: 700, max: 4_000 }), async (wild, limit) => {
          // Half a character is what Spotify cannot mean, and no file can hold.
          const list = wild.map(({ title, cut, ...rest }, index) =>
            songOf(wild.length - index, { ...rest, title: cut ? `${title}\uD83C` : title }),
          )
          const files = await songFiles(segmentsOf(list), format, limit)
          for (const file of files) expect(file.length).toBeLessThanOrEqual(limit)
          const cells = files.flatMap((file) => (format === 'csv' ? rowsOf(file) : objectsOf(file)))
          const expected = list.map(({ title, artists, album }, index) => {
            const clean = [title, artists.join(', '), album].map((one) => one.toWellFormed())
            return [String(list.length - index), ...(format === 'csv' ? clean.map(inert) : clean)]
          })
          expect(cells).toEqual(expected)
        }),
        { numRuns: runs(300) },
      )
    },
  )

  function rowsOf(file: Buffer): string[][] {
    const content = textOf(file)
    expect(content.startsWith('\uFEFF')).toBe(true)
    const [first, ...rows] = parseCsv(content.slice(1))
    expect(first).toEqual(header)
    for (const one of rows.flat()) expect(one).not.toMatch(calculates)
    return rows.map((row) => row.slice(0, 4))
  }

  function objectsOf(file: Buffer): string[][] {
    const objects = JSON.parse(textOf(file)) as { number: number; title: string; artists: string[]; album: string }[]
    return objects.map(({ number, title, artists, album }) => [String(number), title, artists.join(', '), album])
  }
})

test('40,000 songs are written in pieces, between which others get their turn', async () => {
  const segments = segmentsOf(songsOf(40_000))
  let turns = 0
  let counting = setImmediate(function count() {
    turns += 1
    counting = setImmediate(count)
  })
  const files = await songFiles(segments, 'json', 2 ** 20)
  clearImmediate(counting)
  expect(files.length).toBeGreaterThan(5)
  expect(turns).toBeGreaterThanOrEqual(80)
})
