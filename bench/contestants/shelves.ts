import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import { makeLibrary } from '../../sandbox/songs/library.ts'
import type { Saved } from '../../sandbox/spotify/spotify.ts'
import type { Accounts } from '../../src/accounts/accounts.ts'
import type { Link } from '../../src/accounts/links.ts'
import { createIndexCache } from '../../src/library/index-cache.ts'
import type { SpotifyApi } from '../../src/spotify/client.ts'
import type { Song } from '../../src/spotify/parse.ts'

export interface Memory {
  /** Libraries that are in hand after all have been read. */
  readonly kept: number
  readonly megabytes: number
}

const size = 10_000
const blockSize = 50

/**
 * Reads that many libraries of 10,000 songs one after another and weighs what stays in memory. No network stands in
 * between; every page is made anew from JSON, so that no string is shared with anything else.
 */
export async function weighLibraries(count: number, maxBytes?: number): Promise<Memory> {
  const catalog = makeCatalog()
  const libraries = [
    ['indie', 'french'],
    ['japanese', 'jazz'],
    ['electronic', 'arabic'],
    ['folk', 'hindi'],
  ].map((tastes, seed) =>
    makeLibrary(
      catalog,
      `seed ${seed}`,
      { size, tastes, years: 9, minutesAgo: 9, albums: 0.3, certain: [] },
      Date.now(),
    ),
  )
  const pages = libraries.map((library) =>
    Array.from({ length: size / blockSize }, (_, page) =>
      JSON.stringify(library.slice(page * blockSize, (page + 1) * blockSize).map(songOf)),
    ),
  )
  const linkOf = (person: string): Link => ({ id: person, clientId: 'an-app' }) as Link
  const api = {
    async savedTracks(person: string, { offset }: { offset: number }) {
      const page = pages[Number(person) % pages.length]?.[offset / blockSize] ?? '[]'
      return { songs: JSON.parse(page) as Song[], total: size, offset }
    },
  }
  const accounts: Pick<Accounts, 'get' | 'withToken'> = {
    get: async (person) => linkOf(person),
    withToken: (person, _link, work) => work(person, api as unknown as SpotifyApi),
  }

  const before = weigh()
  const shelves = createIndexCache(accounts, Date.now, maxBytes)
  for (let person = 0; person < count; person += 1) {
    const link = linkOf(String(person))
    await shelves.update(link.id, link, shelves.get(link))
  }
  const megabytes = (weigh() - before) / 2 ** 20
  const kept = Array.from({ length: count }, (_, person) => linkOf(String(person))).filter(shelves.upToDate)
  for (const link of kept) shelves.delete(link)
  return { kept: kept.length, megabytes }
}

function songOf({ song, addedAt }: Saved): Song {
  const id = song?.id ?? ''
  return {
    uri: `spotify:track:${id}`,
    title: song?.title ?? '',
    artists: song?.artists ?? [],
    album: song?.album ?? '',
    addedAt,
    url: `https://open.spotify.com/track/${id}`,
    // As long as the real ones.
    cover: `https://i.scdn.co/image/ab67616d00001e02${song?.cover}`.padEnd(64, '0'),
  }
}

function weigh(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
