import type { Song } from '../spotify/spotify.ts'
import { easternTastes } from './eastern.ts'
import { englishTastes } from './english.ts'
import { europeanTastes } from './european.ts'
import { namingOf } from './naming.ts'
import { base62, generator, hashOf, pick } from './random.ts'

export const songsOnAlbum = 10
export const albumsOfArtist = 5
export const artistsOfTaste = 200
export const songsOfTaste = artistsOfTaste * albumsOfArtist * songsOnAlbum

/** Every song there is, numbered; each is made when it is first asked for and the same object from then on. */
export interface Catalog {
  /** How many songs there are; their numbers run from 0. */
  readonly size: number
  /** The number of the first song of a taste; throws for a taste that there is not. */
  firstOf(taste: string): number
  song(number: number): Song
}

/** Far enough apart that no two things share a seed. */
const seeds = { song: 1_000_000, album: 2_000_000, artist: 3_000_000 }

interface Album {
  readonly title: string
  readonly artists: readonly string[]
  readonly cover: string
}

export function makeCatalog(): Catalog {
  const tastes = [...englishTastes, ...europeanTastes, ...easternTastes]
  const namings = tastes.map(namingOf)
  const artists = new Map<number, string>()
  const albums = new Map<number, Album>()
  const songs = new Map<number, Song>()

  return {
    size: tastes.length * songsOfTaste,
    firstOf(taste) {
      const index = tastes.findIndex(({ name }) => name === taste)
      if (index < 0) throw new Error(`There is no taste "${taste}".`)
      return index * songsOfTaste
    },
    song: (number) => kept(songs, number, makeSong),
  }

  function makeSong(number: number): Song {
    const random = generator(seeds.song + number)
    const album = kept(albums, Math.floor(number / songsOnAlbum), makeAlbum)
    const taste = Math.floor(number / songsOfTaste)
    const isTitleSong = number % songsOnAlbum === 2 && random() < 0.4
    const title = isTitleSong ? album.title : naming(taste).title(random)
    const hasGuest = random() < 0.12
    const guest = hasGuest ? artistAt(taste * artistsOfTaste + Math.floor(random() * artistsOfTaste)) : ''
    return {
      id: base62(random),
      title,
      artists: guest && !album.artists.includes(guest) ? [...album.artists, guest] : album.artists,
      album: album.title,
      cover: album.cover,
      durationMs: Math.round(105_000 + (random() + random() + random()) * 88_000),
      ...(random() < 0.01 ? { playable: false } : {}),
    }
  }

  function makeAlbum(number: number): Album {
    const random = generator(seeds.album + number)
    const artist = Math.floor(number / albumsOfArtist)
    const title = naming(Math.floor(artist / artistsOfTaste)).album(random)
    return { title, artists: [artistAt(artist)], cover: base62(random, 12) }
  }

  function artistAt(number: number): string {
    const taste = Math.floor(number / artistsOfTaste)
    return kept(artists, number, () => naming(taste).artist(generator(seeds.artist + number)))
  }

  function naming(taste: number) {
    const found = namings[taste]
    if (!found) throw new Error(`There is no song of the taste number ${taste}.`)
    return found
  }
}

/** Some song in one of these tastes; the same one for the same seed. */
export function someSong(catalog: Catalog, tastes: readonly string[], seed: string): Song {
  const random = generator(hashOf(seed))
  return catalog.song(catalog.firstOf(pick(random, tastes)) + Math.floor(random() * songsOfTaste))
}

function kept<Value>(values: Map<number, Value>, number: number, make: (number: number) => Value): Value {
  const known = values.get(number)
  if (known !== undefined) return known
  const made = make(number)
  values.set(number, made)
  return made
}
