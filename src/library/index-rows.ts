import type { Song } from '../spotify/parse.ts'
import { albumKey, artistsKey, idLength, idOf, isExplicit, ratingOf } from './packed-songs.ts'

/** The songs of one turn. Artists and albums are written where they come first, and go by their numbers. */
interface Rows {
  readonly titles: string[]
  /** In milliseconds after the one before. */
  readonly times: (number | null)[]
  /** 0 for the next of the new ones, else numbers from 1, as of albums. */
  readonly artists: number[]
  readonly albums: number[]
  readonly newArtists: Song['artists'][]
  /** Named as the song by 0. With their covers: 0 for none, 1 for the next of the usual ones. */
  readonly newAlbums: [name: string | 0, cover: string | 0 | 1][]
  /** A letter each; absent where an earlier release has written them. */
  ratings?: string
  /** Those without the usual id and address. */
  readonly odd: [index: number, uri: string, url?: string][]
}

const covers = 'https://i.scdn.co/image/'
/** In bytes. */
const coverLength = 20
const usualCover = /^https:\/\/i\.scdn\.co\/image\/([\da-f]{40})$/

/**
 * Makes texts of songs that come in their order, some at a time: the usual ids, the usual covers in hex, and a line of JSON with
 * all the rest. Each kind goes behind those of the songs before.
 */
export function createRowsEncoder() {
  let time = 0
  let rows = noRows()
  let usual = { ids: '', covers: '' }
  const artistNumber = numbered(artistsKey, ({ artists }) => rows.newArtists.push(artists))
  const albumNumber = numbered(albumKey, ({ title, album, cover }) => {
    const [, file] = usualCover.exec(cover ?? '') ?? []
    if (file !== undefined) usual.covers += file
    rows.newAlbums.push([album === title ? 0 : album, file === undefined ? (cover ?? 0) : 1])
  })

  return (songs: readonly Song[]): [ids: string, covers: string, words: string] => {
    rows = noRows()
    usual = { ids: '', covers: '' }
    for (const [index, song] of songs.entries()) {
      const { uri, url, title, addedAt } = song
      const id = idOf(song)
      if (id === undefined) rows.odd.push(url === undefined ? [index, uri] : [index, uri, url])
      else usual.ids += id
      rows.titles.push(title)
      rows.times.push(addedAt === undefined ? null : addedAt - time)
      time = addedAt ?? time
      rows.artists.push(artistNumber(song))
      rows.albums.push(albumNumber(song))
    }
    rows.ratings = songs.map(ratingOf).join('')
    return [usual.ids, usual.covers, `${JSON.stringify(rows)}\n`]
  }
}

/** Makes songs of lines, in their order. Throws where a line is not what the encoder has made. */
export function createRowsDecoder(ids: Buffer, images: Buffer) {
  const artists: Song['artists'][] = []
  const albums: Pick<Song, 'album' | 'cover'>[] = []
  let [idAt, imageAt, time] = [0, 0, 0]

  return (line: string): Song[] => {
    const rows = JSON.parse(line) as Rows
    const odd = new Map(rows.odd.map(([index, uri, url]) => [index, { uri, url }]))
    const [newArtists, newAlbums] = [rows.newArtists.values(), rows.newAlbums.values()]
    return rows.titles.map((title, index) => {
      const since = rows.times[index] ?? null
      time += since ?? 0
      const names = known(artists, rows.artists[index], () => newArtists.next().value)
      const record = known(albums, rows.albums[index], () => {
        const [album, cover] = newAlbums.next().value ?? []
        return album === undefined || cover === undefined
          ? undefined
          : { album: album === 0 ? title : album, cover: coverOf(cover) }
      })
      if (!names || !record) throw new TypeError('A row is not whole')
      const { uri, url } = odd.get(index) ?? nextTrack()
      const addedAt = since === null ? undefined : time
      const explicit = isExplicit(rows.ratings?.[index])
      return { uri, title, artists: names, album: record.album, addedAt, url, cover: record.cover, explicit }
    })
  }

  function nextTrack() {
    const id = ids.toString('latin1', idAt, (idAt += idLength))
    return { uri: `spotify:track:${id}`, url: `https://open.spotify.com/track/${id}` }
  }

  function coverOf(cover: string | 0 | 1): string | undefined {
    if (cover === 1) return `${covers}${images.toString('hex', imageAt, (imageAt += coverLength))}`
    return cover === 0 ? undefined : cover
  }
}

function noRows(): Rows {
  return { titles: [], times: [], artists: [], albums: [], newArtists: [], newAlbums: [], odd: [] }
}

/** Numbers from 1 for what there is, and 0 for what is new, after `add`. */
function numbered(keyOf: (song: Song) => string, add: (song: Song) => void): (song: Song) => number {
  const numbers = new Map<string, number>()
  return (song) => {
    const key = keyOf(song)
    const number = numbers.get(key)
    if (number !== undefined) return number
    numbers.set(key, numbers.size + 1)
    add(song)
    return 0
  }
}

/** What has that number, or the next new one. */
function known<Value>(values: Value[], number: number | undefined, next: () => Value | undefined): Value | undefined {
  if (number !== 0) return values[(number ?? NaN) - 1]
  const value = next()
  if (value !== undefined) values.push(value)
  return value
}
