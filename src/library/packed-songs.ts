import type { Song } from '../spotify/parse.ts'
import { normalize } from './normalize.ts'

/** Some songs, a block of them as a rule, in a fifth of the memory that the objects take, ready to be searched. */
export type PackedSongs = ReturnType<ReturnType<typeof createPacker>>

export const idLength = 22

/** Packs songs; what one packer packs shares its artists and albums. */
export function createPacker() {
  const artistsOf = once(artistsKey, ({ artists }) => ({ names: artists, text: normalize(artists.join(' ')) }))
  const albumOf = once(albumKey, ({ album, cover }) => ({ album: { name: album, cover }, text: normalize(album) }))

  return (songs: readonly Song[]) => {
    const ends = new Uint32Array(songs.length * 2)
    let [titleEnd, textEnd] = [0, 0]
    const odd = new Map<number, Song>()
    const rows = songs.map((song, index) => {
      const artists = artistsOf(song)
      const album = albumOf(song)
      const text = [normalize(song.title), artists.text, album.text, ''].join('\n')
      ends[index * 2] = titleEnd += song.title.length
      ends[index * 2 + 1] = textEnd += text.length
      const id = idOf(song)
      if (id === undefined) odd.set(index, song)
      return { id, artists: artists.names, album: album.album, text }
    })
    return {
      /** A letter each. */
      ratings: songs.map(ratingOf).join(''),
      /** 22 characters each. */
      ids: rows.map(({ id = '' }) => id.padEnd(idLength)).join(''),
      titles: songs.map(({ title }) => title).join(''),
      /** Title, artists and album of every song, normalized, a line each. */
      normalized: rows.map(({ text }) => text).join(''),
      /** Where every title and every normalized text ends, in turn. */
      ends,
      /** NaN where it is unknown. */
      addedAt: Float64Array.from(songs, ({ addedAt }) => addedAt ?? Number.NaN),
      artists: rows.map(({ artists }) => artists),
      albums: rows.map(({ album }) => album),
      /** Songs that the columns cannot carry exactly, such as local files. */
      odd: odd.size > 0 ? odd : undefined,
    }
  }
}

/** The song as it was packed. */
export function songIn(pack: PackedSongs, index: number): Song {
  const odd = pack.odd?.get(index)
  if (odd) return odd
  const id = pack.ids.slice(index * idLength, (index + 1) * idLength)
  const addedAt = pack.addedAt[index] ?? Number.NaN
  return {
    uri: `spotify:track:${id}`,
    title: pack.titles.slice(pack.ends[index * 2 - 2] ?? 0, pack.ends[index * 2]),
    artists: pack.artists[index] ?? [],
    album: pack.albums[index]?.name ?? '',
    addedAt: Number.isNaN(addedAt) ? undefined : addedAt,
    url: `https://open.spotify.com/track/${id}`,
    cover: pack.albums[index]?.cover,
    explicit: isExplicit(pack.ratings[index]),
  }
}

/** Whether a song is explicit, as a letter. */
export function ratingOf({ explicit }: Pick<Song, 'explicit'>): string {
  return explicit === undefined ? '?' : explicit ? 'e' : '-'
}

/** Undefined where the letter does not say. */
export function isExplicit(letter: string | undefined): boolean | undefined {
  return letter === 'e' || letter === '-' ? letter === 'e' : undefined
}

/** Where the normalized text of a song begins; past its end for the index after the last. */
export function textStart(pack: PackedSongs, index: number): number {
  return pack.ends[index * 2 - 1] ?? 0
}

/** Where this very like is between `from` and `to`; undefined also for songs without an id or a date. */
export function indexIn(pack: PackedSongs, song: Song, from: number, to: number): number | undefined {
  const { addedAt } = song
  if (addedAt === undefined || !pack.addedAt.includes(addedAt)) return undefined
  const id = idOf(song)
  if (id === undefined) return undefined
  for (let at = pack.ids.indexOf(id, from * idLength); at >= 0; at = pack.ids.indexOf(id, at + 1)) {
    const index = at / idLength
    if (index >= to) return undefined
    if (Number.isInteger(index) && pack.addedAt[index] === addedAt) return index
  }
  return undefined
}

/** Of a usual song, whose address is made of it. */
export function idOf({ uri, url }: Pick<Song, 'uri' | 'url'>): string | undefined {
  const [, id] = /^spotify:track:([0-9A-Za-z]{22})$/.exec(uri) ?? []
  return id !== undefined && url === `https://open.spotify.com/track/${id}` ? id : undefined
}

/** The same for the same artists only. */
export function artistsKey({ artists }: Song): string {
  const [name] = artists
  return artists.length === 1 ? `=${name}` : JSON.stringify(artists)
}

/** The same for the same album and cover only. */
export function albumKey({ album, cover }: Song): string {
  return `${cover?.length} ${cover}${album}`
}

/** Makes each value once, and gives that one for all songs with the same key. */
function once<Value>(keyOf: (song: Song) => string, make: (song: Song) => Value): (song: Song) => Value {
  const values = new Map<string, Value>()
  return (song) => {
    const key = keyOf(song)
    const value = values.get(key) ?? make(song)
    values.set(key, value)
    return value
  }
}
