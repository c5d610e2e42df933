import type { Song } from '../spotify/parse.ts'
import { normalize } from './normalize.ts'

/** Some songs, a block of them as a rule, in a fifth of the room that the objects take, ready to be searched. */
export interface PackedSongs {
  readonly size: number
  /** 22 characters each. */
  readonly ids: string
  readonly titles: string
  /** Title, artists and album of every song, folded, a line each. */
  readonly folded: string
  /** Where every title and every folded text ends, in turn. */
  readonly ends: Uint32Array
  /** NaN where it is unknown. */
  readonly addedAt: Float64Array
  /** The range of the known ones. */
  readonly newest: number
  readonly oldest: number
  readonly artists: readonly (readonly string[])[]
  readonly albums: readonly Album[]
  /** Songs that the columns cannot carry exactly, such as local files. */
  readonly odd: ReadonlyMap<number, Song> | undefined
}

interface Album {
  readonly name: string
  readonly cover: string | undefined
}

const idLength = 22
const noId = ' '.repeat(idLength)

/** Packs songs; what one packer packs shares its artists and albums. */
export function createPacker(): (songs: readonly Song[]) => PackedSongs {
  const artists = new Map<string, { readonly names: readonly string[]; readonly folded: string }>()
  const albums = new Map<string, { readonly album: Album; readonly folded: string }>()

  return (songs) => {
    const parts = songs.map((song) => ({ id: idOf(song), artists: artistsOf(song), album: albumOf(song) }))
    const folded = songs.map(({ title }, index) => textOf(title, parts[index]?.artists, parts[index]?.album))
    const ends = new Uint32Array(songs.length * 2)
    let [titleEnd, foldedEnd] = [0, 0]
    songs.forEach(({ title }, index) => {
      ends[index * 2] = titleEnd += title.length
      ends[index * 2 + 1] = foldedEnd += folded[index]?.length ?? 0
    })
    const addedAt = Float64Array.from(songs, (song) => song.addedAt ?? Number.NaN)
    const known = addedAt.filter((time) => !Number.isNaN(time))
    const odd = songs.flatMap((song, index) => (parts[index]?.id === undefined ? [[index, song] as const] : []))
    return {
      size: songs.length,
      ids: parts.map(({ id }) => id ?? noId).join(''),
      titles: songs.map(({ title }) => title).join(''),
      folded: folded.join(''),
      ends,
      addedAt,
      newest: known.reduce((one, other) => Math.max(one, other), -Infinity),
      oldest: known.reduce((one, other) => Math.min(one, other), Infinity),
      artists: parts.map(({ artists }) => artists.names),
      albums: parts.map(({ album }) => album.album),
      odd: odd.length > 0 ? new Map(odd) : undefined,
    }
  }

  function artistsOf({ artists: names }: Song) {
    return kept(artists, JSON.stringify(names), () => ({ names, folded: normalize(names.join(' ')) }))
  }

  function albumOf({ album, cover }: Song) {
    return kept(albums, JSON.stringify([album, cover]), () => ({
      album: { name: album, cover },
      folded: normalize(album),
    }))
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
  }
}

/** Where the folded text of a song begins; past its end for the index after the last. */
export function textStart(pack: PackedSongs, index: number): number {
  return pack.ends[index * 2 - 1] ?? 0
}

/** Where this very like stands between `from` and `to`; undefined also for songs without an id or a date. */
export function indexIn(pack: PackedSongs, song: Song, from: number, to: number): number | undefined {
  const { addedAt } = song
  if (addedAt === undefined || addedAt > pack.newest || addedAt < pack.oldest) return undefined
  const id = idOf(song)
  if (id === undefined) return undefined
  for (let at = pack.ids.indexOf(id, from * idLength); at >= 0; at = pack.ids.indexOf(id, at + 1)) {
    const index = at / idLength
    if (index >= to) return undefined
    if (Number.isInteger(index) && pack.addedAt[index] === addedAt) return index
  }
  return undefined
}

function textOf(title: string, ...others: readonly ({ readonly folded: string } | undefined)[]): string {
  return [normalize(title), ...others.map((other) => other?.folded ?? ''), ''].join('\n')
}

function idOf({ uri, url }: Song): string | undefined {
  const [, id] = /^spotify:track:([0-9A-Za-z]{22})$/.exec(uri) ?? []
  return id !== undefined && url === `https://open.spotify.com/track/${id}` ? id : undefined
}

function kept<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const value = values.get(key) ?? make()
  values.set(key, value)
  return value
}
