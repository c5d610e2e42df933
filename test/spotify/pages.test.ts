import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parsePage, type Song } from '../../src/spotify/parse.ts'

const id = '4uLU6hMCjMI75M1A2tKUQC'
const picture = 'https://i.scdn.co/image/ab67616d00001e02'
const track = {
  id,
  uri: `spotify:track:${id}`,
  name: 'Low Tide',
  artists: [{ name: 'Mira Lund' }, { name: 'The Ferry' }],
  album: { name: 'Harbour', images: [{ url: picture, height: 300, width: 300 }] },
  external_urls: { spotify: `https://open.spotify.com/track/${id}` },
  is_local: false,
}
const item = { added_at: '2026-11-02T10:00:00Z', track }
const plainSong: Song = {
  uri: `spotify:track:${id}`,
  title: 'Low Tide',
  artists: ['Mira Lund', 'The Ferry'],
  album: 'Harbour',
  addedAt: Date.UTC(2026, 10, 2, 10),
  url: `https://open.spotify.com/track/${id}`,
  cover: picture,
  explicit: false,
}

const whole = (value: unknown) => Buffer.from(JSON.stringify(value) ?? 'null')
const read = (body: unknown, offset = 0) => parsePage(whole(body), offset, 50)
const page = (body: object, offset = 0) => read({ items: [item], limit: 50, total: 1, ...body }, offset)
const songOf = (changes: object): Song | undefined =>
  page({ items: [{ ...item, track: { ...track, ...changes } }] }).songs[0]

test('a song as Spotify describes it', () => {
  expect(page({})).toEqual({ songs: [plainSong], total: 1, offset: 0 })
})

describe('an odd list keeps the songs that are there, and the place of those that are not', () => {
  const lists: [string, object, string[], number][] = [
    ['a limit that is absent', { limit: undefined }, ['Low Tide'], 1],
    ['SP-90 an item null', { items: [null, item], total: 2 }, ['', 'Low Tide'], 2],
    ['SP-90 items of other types', { items: [7, 'x', [], item], total: 4 }, ['', '', '', 'Low Tide'], 4],
    ['SP-91 a track null', { items: [{ ...item, track: null }, item], total: 2 }, ['', 'Low Tide'], 2],
    ['SP-91 a track that is a list', { items: [{ ...item, track: [] }], total: 1 }, [''], 1],
    ['SP-98 total -1', { total: -1 }, ['Low Tide'], 1],
    ['SP-98 total 0', { total: 0 }, ['Low Tide'], 1],
    ['SP-98 total null', { total: null }, ['Low Tide'], 1],
    ['SP-98 total 1.5', { total: 1.5 }, ['Low Tide'], 1],
    ['SP-98 total 1e9', { total: 1e9 }, ['Low Tide'], 9_999_999],
    ['SP-98 total a word', { total: 'many' }, ['Low Tide'], 1],
    ['SP-100 the same song twice', { items: [item, item], total: 2 }, ['Low Tide', 'Low Tide'], 2],
    [
      'SP-102 five where fifty were asked for',
      { items: Array.from({ length: 5 }, () => item), total: 3120 },
      Array(5).fill('Low Tide'),
      3120,
    ],
  ]
  test.each(lists)('%s', (_, body, titles, total) => {
    const read = page(body)
    expect(read.songs.map(({ title }) => title)).toEqual(titles)
    expect(read.total).toBe(total)
  })

  test('SP-91 songs that are missing are told apart by their place', () => {
    const { songs } = page({ items: [null, { added_at: null, track: null }] }, 50)
    expect(songs.map(({ uri }) => uri)).toEqual(['missing:50', 'missing:51'])
  })

  test.each([
    ['a list', []],
    ['a string', 'x'],
    ['null', null],
    ['a number', 7],
    ['nothing in it', {}],
    ['an error', { error: { status: 500, message: 'Server error' } }],
    ['zeros and nothing', { items: [], limit: 0, offset: 0, total: 0, next: null }],
    ['a page without a limit', { items: [], offset: 0, total: 0 }],
    ['a page whose limit is null', { items: [], limit: null, offset: 0, total: 0 }],
    ['a page without a total', { items: [], limit: 50, offset: 0 }],
    ['a page with a total below zero', { items: [], limit: 50, offset: 0, total: -1 }],
    ['a page with a total of a word', { items: [], limit: 50, offset: 0, total: 'none' }],
    ['SP-89 items null', { items: null, limit: 50, total: 3120 }],
    ['SP-89 items null and none in all', { items: null, limit: 50, total: 0 }],
    ['SP-89 items absent', { limit: 50, total: 3120 }],
    ['SP-89 items an object', { items: { 0: item }, limit: 50, total: 3120 }],
    ['SP-89 items a word', { items: 'none', limit: 50, total: 0 }],
    ['a page that is empty inside its own total', { items: [], limit: 50, offset: 0, total: 60 }],
    ['twenty songs where fifty were asked for', { items: [item], limit: 20, offset: 0, total: 1 }],
    ['a page of none', { items: [item], limit: 0, offset: 0, total: 1 }],
    ['fifty times null', { items: Array(50).fill(null), limit: 50, offset: 0, total: 60 }],
    ['items of which none is one', { items: [null, 7, []], limit: 50, offset: 0, total: 3 }],
    ['another page than was asked for', { items: [item], limit: 50, offset: 50, total: 60 }],
    ['no songs at another place than was asked for', { items: [], limit: 50, offset: 50, total: 0 }],
    ['nothing, with a next page', { items: [], limit: 50, offset: 0, total: 0, next: 'https://api.spotify.com/v1/x' }],
  ])('%s is no page, and is said to be Spotify’s fault', (_, body) => {
    expect(() => read(body)).toThrow('The answer to GET /me/tracks is not a page')
  })
})

test('a page that says to be none of those that were asked for is none, also without songs', () => {
  expect(() => page({ items: [], offset: 0, total: 0 }, 250)).toThrow('is not a page')
  expect(page({ items: [], offset: 250, total: 0 }, 250)).toEqual({ songs: [], total: 0, offset: 250 })
})

test('a library without songs is one, and so is a page behind the last song', () => {
  expect(page({ items: [], total: 0 })).toEqual({ songs: [], total: 0, offset: 0 })
  expect(page({ items: [], total: 60 }, 100)).toEqual({ songs: [], total: 60, offset: 100 })
  expect(() => page({ items: [], total: 101 }, 100)).toThrow('is not a page')
})

describe('an odd song is shown as far as it makes sense', () => {
  const songs: [string, object, Partial<Song>][] = [
    ['explicit', { explicit: true }, { explicit: true }],
    ['explicit in a word', { explicit: 'true' }, { explicit: false }],
    ['SP-92 name null', { name: null }, { title: '' }],
    ['SP-92 name of 2,000 characters', { name: 'la '.repeat(667) }, { title: 'la '.repeat(667) }],
    ['SP-93 artists null', { artists: null }, { artists: [] }],
    [
      'SP-93 null and nameless among the artists',
      { artists: [null, { name: null }, {}, 7, { name: 'Mira Lund' }] },
      { artists: ['Mira Lund'] },
    ],
    ['SP-94 album null', { album: null }, { album: '', cover: undefined }],
    ['SP-94 album without name and pictures', { album: { name: null, images: [] } }, { album: '', cover: undefined }],
    ['SP-94 images null', { album: { name: 'Harbour', images: null } }, { cover: undefined }],
    [
      'SP-94 sizes null',
      { album: { name: 'Harbour', images: [{ url: picture, width: null, height: null }] } },
      { cover: picture },
    ],
    [
      'SP-94 a picture that is a script',
      { album: { name: 'Harbour', images: [{ url: 'javascript:alert(1)', width: 300 }] } },
      { cover: undefined },
    ],
    [
      'SP-94 a picture with data',
      { album: { name: 'Harbour', images: [{ url: 'data:image/png;base64,AA', width: 300 }] } },
      { cover: undefined },
    ],
    [
      'SP-94 a picture with a space around it',
      { album: { name: 'Harbour', images: [{ url: ` ${picture}\n`, width: 300 }] } },
      { cover: picture },
    ],
    [
      'SP-94 a picture of 600 characters',
      { album: { name: 'Harbour', images: [{ url: `${picture}${'x'.repeat(600)}`, width: 300 }] } },
      { cover: undefined },
    ],
    ...['https://covers/1.jpg', 'https://ana@covers.example/1.jpg', 'https:', 'ftp://covers.example/1.jpg'].map(
      (url): [string, object, object] => [
        `SP-94 a picture at ${url}`,
        { album: { name: 'Harbour', images: [{ url, width: 300 }] } },
        { cover: undefined },
      ],
    ),
    ['SP-95 id null', { id: null }, { url: undefined }],
    ['SP-95 id too short', { id: '4uLU' }, { url: undefined }],
    ['SP-95 id with a way out', { id: '4uLU6hMCjMI75/../../aa' }, { url: undefined }],
    ['SP-95 id with a newline', { id: `${id}\n` }, { url: undefined }],
    ['SP-95 id a number', { id: 7 }, { url: undefined }],
    ['SP-95 uri null', { uri: null }, { uri: 'missing:0', url: undefined }],
    [
      'an episode of a podcast',
      { type: 'episode', uri: `spotify:episode:${id}` },
      { uri: `spotify:episode:${id}`, url: undefined },
    ],
    ['a chapter', { uri: `spotify:chapter:${id}` }, { uri: `spotify:chapter:${id}`, url: undefined }],
    ['a uri with a track inside', { uri: `x:spotify:track:${id}` }, { uri: `x:spotify:track:${id}`, url: undefined }],
    ['SP-96 external_urls absent', { external_urls: undefined }, { url: plainSong.url }],
    [
      'SP-96 external_urls with a script',
      { external_urls: { spotify: 'javascript:alert(1)' } },
      { url: plainSong.url },
    ],
    ['SP-96 external_urls elsewhere', { external_urls: { spotify: 'https://evil.example/' } }, { url: plainSong.url }],
    ['SP-107 duration negative', { duration_ms: -1 }, {}],
    ['SP-107 duration a string', { duration_ms: '3:07' }, {}],
  ]
  test.each(songs)('%s', (_, changes, shown) => {
    expect(songOf(changes)).toEqual({ ...plainSong, ...shown })
  })

  const dates: [string, unknown, number | undefined][] = [
    ['absent', undefined, undefined],
    ['null', null, undefined],
    ['a word', 'yesterday', undefined],
    ['a number', 1_790_000_000, undefined],
    ['of the year 1', '0001-01-01T00:00:00Z', undefined],
    ['of 1970', '1970-01-01T00:00:00Z', undefined],
    ['of the next year', new Date(Date.now() + 365 * 86_400_000).toISOString(), undefined],
    ['of the year 20,000', '+020000-01-01T00:00:00Z', undefined],
    ['a number as text', '45.7', undefined],
    ['a year', '2024', undefined],
    ['a day', '2026-11-02', undefined],
    ['in American', '11/02/2026', undefined],
    ['in words', 'Mon, 02 Nov 2026 10:00:00 GMT', undefined],
    ['by no clock', '2026-11-02T10:00:00', undefined],
    ['with words around it', 'on 2026-11-02T10:00:00Z (about)', undefined],
    ['a day that there is not', '2026-02-30T10:00:00Z', undefined],
    ['an hour that there is not', '2026-11-02T24:00:00Z', undefined],
    ['a second that there is not', '2026-11-02T10:00:61Z', undefined],
    ['with a fraction of a second', '2026-11-02T10:00:00.250Z', Date.UTC(2026, 10, 2, 10, 0, 0, 250)],
  ]
  test.each(dates)('SP-97 added_at %s', (_, date, expected) => {
    expect(page({ items: [{ ...item, added_at: date }] }).songs[0]).toEqual({ ...plainSong, addedAt: expected })
  })
})

test('whatever an object holds, it is a page of things that can be shown, or none', () => {
  const json = fc.jsonValue({ maxDepth: 3 })
  const oddTrack = fc.record({
    id: json,
    uri: json,
    name: json,
    artists: json,
    album: fc.oneof(json, fc.record({ images: json })),
  })
  const items = fc.oneof(json, fc.array(fc.record({ added_at: json, track: fc.oneof(json, oddTrack) })))
  const limit = fc.oneof(json, fc.constant(50))
  const totals = fc.oneof(json, fc.nat(1e6))
  fc.assert(
    fc.property(fc.record({ items, total: totals, limit }), fc.nat(1e6), (body, offset) => {
      const isSaid = Array.isArray(body.items) && body.limit === 50
      const items = isSaid ? (body.items as unknown[]) : []
      const isEmpty = items.length === 0
      const isNothing = !items.some((one) => typeof one === 'object' && one !== null && !Array.isArray(one))
      if (
        !isSaid ||
        (isNothing && !isEmpty) ||
        (isEmpty && !(Number.isInteger(body.total) && Number(body.total) >= 0 && Number(body.total) <= offset))
      ) {
        expect(() => read(body, offset)).toThrow('is not a page')
        return
      }
      const { songs, total } = read(body, offset)
      expect(songs).toHaveLength(items.length)
      expect(Number.isSafeInteger(total) && total >= (songs.length && offset + songs.length)).toBe(true)
      for (const { url, cover, uri } of songs) {
        expect(url ?? plainSong.url).toMatch(/^https:\/\/open\.spotify\.com\/track\/\w{22}$/)
        expect(cover ?? picture).toMatch(/^https?:\/\//)
        expect(uri).not.toBe('')
      }
    }),
  )
})
