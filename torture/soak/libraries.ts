import { base62, generator } from '../../sandbox/songs/random.ts'
import type { Song, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'

const hour = 3_600_000

/** An account for each of so many people, most of them with few songs, whose titles say whose they are. */
export function makeLibraries(people: number, now: number): SpotifyAccount[] {
  return Array.from({ length: people }, (_, number) => ({
    ...{ id: accountOf(number), name: `Member ${number}`, allowed: true },
    library: Array.from({ length: sizeOf(number) }, (_song, index) => ({
      song: songOf(number, index),
      addedAt: now - (index * 5 + (number % 5)) * hour,
    })),
  }))
}

export function accountOf(number: number): string {
  return `member${number}-spotify`
}

/** Another song of somebody's. */
export function songOf(number: number, index: number): Song {
  const random = generator(number * 10_000 + index)
  const [id, cover] = [base62(random), base62(random, 12)]
  return {
    id,
    cover,
    title: `M${number} song ${index}`,
    artists: ['The Neighbours'],
    album: 'Town',
    durationMs: 180_000,
  }
}

/** The numbers of those whose songs stand in a text. */
export function ownersIn(text: string): number[] {
  return [...new Set([...text.matchAll(/\bM(\d+) song \d/g)].map(([, number]) => Number(number)))]
}

/** One in fifty has a library that takes a while to read. */
function sizeOf(number: number): number {
  return number % 50 === 49 ? 1_500 : 5 + ((number * 37) % 100)
}
