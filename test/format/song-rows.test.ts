import { expect, test } from 'vitest'
import { songList, type ViewContext } from '../../src/views/song-list.ts'
import { plainSong, songLines } from '../../src/views/song.ts'
import type { LikedPage } from '../../src/library/page.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { english } from '../world/english.ts'

const url = 'https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC'
const song: Song = {
  uri: 'spotify:track:4uLU6hMCjMI75M1A2tKUQC',
  title: 'Sixteen Raincoats',
  artists: ['Ana', 'Ben'],
  album: 'Weather',
  addedAt: Date.UTC(2023, 2, 14),
  url,
  cover: 'https://i.scdn.co/image/ab67616d0000b273',
}
const time = `<t:${Date.UTC(2023, 2, 14) / 1000}:R>`

test.each<[string, Partial<Song>, string]>([
  ['as it is', {}, `[Sixteen Raincoats](${url})\n-# Ana, Ben · ${time}`],
  ['without artists', { artists: [] }, `[Sixteen Raincoats](${url})\n-# ${time}`],
  ['without anything but a title', { artists: [], addedAt: undefined }, `[Sixteen Raincoats](${url})`],
  ['local', { uri: 'spotify:local:a', url: undefined }, `Sixteen Raincoats\n-# Ana, Ben · ${time} · local file`],
  [
    'with artists that look like a heading',
    { artists: ['# Ana'] },
    `[Sixteen Raincoats](${url})\n-# #\uFE0E Ana · ${time}`,
  ],
  ['in Hebrew', { title: 'שלום' }, `\u2068[שלום](${url})\u2069\n-# Ana, Ben · ${time}`],
  ['by Arabic artists', { artists: ['فيروز'] }, `[Sixteen Raincoats](${url})\n-# \u2068فيروز\u2069 · ${time}`],
  [
    'in Hebrew without a link',
    { title: 'שלום', url: undefined, artists: [] },
    `\u2068שלום\u2069\n-# ${time} · not available`,
  ],
  ['with Arabic digits alone', { title: '٣٤', artists: [] }, `[٣٤](${url})\n-# ${time}`],
])('a song %s', (_, changes, lines) => {
  expect(songLines({ ...song, ...changes }, english)).toBe(lines)
})

test.each([
  ['Sixteen Raincoats', ['Ana'], 'Sixteen Raincoats · Ana'],
  ['שלום', ['Ana'], '\u2068שלום\u2069 · Ana'],
  ['Ana', ['فيروز'], 'Ana · \u2068فيروز\u2069'],
  ['של'.repeat(80), ['Ana'], `\u2068${'של'.repeat(80).slice(0, 97)}…\u2069`],
  ['a'.repeat(96), ['فيروز'], `${'a'.repeat(96)} ·…`],
])('%s by %j in a select', (title, artists, label) => {
  expect(plainSong({ uri: song.uri, title, artists }, english, 100)).toBe(label)
  expect(label.length).toBeLessThanOrEqual(100)
})

const context: ViewContext = {
  request: { viewer: '175928847299117063', owner: '175928847299117064', server: '1', ownerName: 'Ana' },
  author: { name: 'א'.repeat(80) },
  logoUrl: undefined,
  ephemeral: false,
  t: english,
}

test.each([
  ['in Hebrew', 'א', 'spotify:track:4uLU6hMCjMI75M1A2tKUQC', url],
  ['of characters that are escaped', '*', 'spotify:track:4uLU6hMCjMI75M1A2tKUQC', url],
  ['without links', '_', 'spotify:episode:4uLU6hMCjMI75M1A2tKUQC', undefined],
])('a page of the longest texts %s stays within what Discord takes, with every row whole', (_, letter, uri, link) => {
  const long = letter.repeat(500)
  const songs = Array.from({ length: 10 }, (_, index): Song => ({
    ...song,
    uri,
    url: link,
    title: `${long}${index}`,
    artists: [long],
    album: long,
  }))
  const page: LikedPage = {
    offset: 0,
    page: 9_999,
    pages: 10_000,
    next: 10,
    from: 0,
    to: 10,
    songs,
    total: 99_999,
    newer: 99_999,
    asOf: Date.now(),
  }
  const heading = english('search.heading', { query: letter.repeat(100) })
  const reason = english('error.budget', { count: 9_999, left: 9_999, when: time })
  const searched = english('search.ended', {
    searched: english('search.searched', { read: 99_999, count: 100_000 }),
    reason,
  })
  const shown = songList(page, context, {
    query: 'a',
    heading,
    albums: songs.map(({ album }) => album),
    searched,
  })
  const [embed] = shown.embeds ?? []
  const description = embed?.description ?? ''
  expect(description.length).toBeLessThanOrEqual(4096)
  expect(
    description.length + (embed?.author?.name.length ?? 0) + (embed?.footer?.text.length ?? 0),
  ).toBeLessThanOrEqual(6000)
  const rows = description.split(/\n(?!-# )/).filter((row) => row.startsWith('**'))
  expect(rows.map((row) => row.split('\n').length)).toEqual(Array(10).fill(2))
})

const longNames = ['Petra and Isolde Bexwater', 'Stony Moth String Band', 'Bo']

test.each([
  [['Ana', 'Ben'], 'Ana, Ben'],
  [longNames, 'Petra and Isolde Bexwater and 2 more'],
  [['Bo', ...longNames], 'Bo, Petra and Isolde Bexwater and 2 more'],
  [['Petra and Isolde Bexwater', 'Stony Moth Band'], 'Petra and Isolde Bexwater and 1 more'],
  [['x'.repeat(60)], `${'x'.repeat(39)}…`],
  [['x'.repeat(60), 'Bo'], `${'x'.repeat(39)}… and 1 more`],
])('the artists %j are shown as %s', (artists, shown) => {
  expect(songLines({ ...song, addedAt: undefined, artists }, english).split('\n')[1]).toBe(`-# ${shown}`)
})
