import { createHash } from 'node:crypto'
import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import { makeLibrary } from '../../sandbox/songs/library.ts'
import { savedTrack } from '../../sandbox/spotify/objects.ts'
import type { Saved } from '../../sandbox/spotify/spotify.ts'

const blockSize = 50
const tastes = ['indie', 'electronic', 'french', 'japanese', 'greek', 'arabic', 'hindi']

export interface Change {
  readonly songs: number
  readonly saves: number
  readonly removals: readonly number[]
}

/** Answers of GET /me/tracks by the size of the library, made once each. */
export function createPages() {
  const catalog = makeCatalog()
  const libraries = new Map<number, Saved[]>()
  const made = new Map<string, Buffer>()
  return { get, change }

  function get(songs: number, offset: number): Buffer {
    const key = `${songs} ${offset}`
    const page = made.get(key) ?? pageOf(libraryOf(songs), offset)
    made.set(key, page)
    return page
  }

  /** Saves songs now, and removes those at these places. */
  function change({ songs, saves, removals }: Change): void {
    const library = libraryOf(songs).filter((_, place) => !removals.includes(place))
    const added = Array.from({ length: saves }, (_, index) => ({
      song: catalog.song(catalog.firstOf('jazz') + index),
      addedAt: Math.floor(Date.now() / 1000) * 1000,
    }))
    libraries.set(songs, [...added, ...library])
    made.clear()
  }

  function libraryOf(songs: number): Saved[] {
    const habit = { size: songs, tastes, years: 10, minutesAgo: 5, albums: 0.3, certain: [] }
    const library = libraries.get(songs) ?? makeLibrary(catalog, `${songs} songs`, habit, Date.now())
    libraries.set(songs, library)
    return library
  }
}

function pageOf(library: readonly Saved[], offset: number): Buffer {
  const address = (at: number): string => `https://api.spotify.com/v1/me/tracks?offset=${at}&limit=${blockSize}`
  const saved = library.slice(offset, offset + blockSize)
  const json = JSON.stringify({
    href: address(offset),
    items: saved.map((one) => JSON.parse(savedTrack(one, 'https://api.spotify.com', false)) as object),
    limit: blockSize,
    next: offset + blockSize < library.length ? address(offset + blockSize) : null,
    offset,
    previous: offset > 0 ? address(Math.max(offset - blockSize, 0)) : null,
    total: library.length,
  })
  // Covers where Spotify keeps its own.
  const covered = json.replace(/https:\/\/api\.spotify\.com\/covers\/[^"]+/g, (cover) => {
    return `https://i.scdn.co/image/${createHash('sha1').update(cover).digest('hex')}`
  })
  return Buffer.from(covered)
}
