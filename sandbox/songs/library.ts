import type { Saved } from '../spotify/spotify.ts'
import type { Catalog } from './catalog.ts'
import { albumsOfArtist, artistsOfTaste, songsOfTaste, songsOnAlbum } from './catalog.ts'
import { generator, hashOf, pick } from './random.ts'
import type { Random } from './random.ts'

/** How somebody has been collecting songs. */
export interface Habit {
  readonly size: number
  /** Names of tastes; one that is here twice is liked twice as often. */
  readonly tastes: readonly string[]
  /** How far back the library goes. */
  readonly years: number
  /** When the newest song was liked. */
  readonly minutesAgo: number
  /** Which part of the likes, from 0 to 1, are of whole albums: ten songs in the same second. */
  readonly albums: number
  /** Songs that are liked for certain, by number, with their age in hours. */
  readonly certain: readonly { readonly number: number; readonly hoursAgo: number }[]
}

const minute = 60_000
const year = 365.25 * 24 * 60 * minute

/** Made up from the seed, newest first; the same seed, habit and `now` give the same library. */
export function makeLibrary(catalog: Catalog, seed: string, habit: Habit, now: number): Saved[] {
  const random = generator(hashOf(seed))
  const taken = new Uint8Array(catalog.size)
  const saved: Saved[] = []
  for (const { number, hoursAgo } of habit.certain) {
    taken[number] = 1
    saved.push({ song: catalog.song(number), addedAt: wholeSecond(now - hoursAgo * 60 * minute) })
  }

  const likes: number[][] = []
  for (let missing = habit.size - saved.length; missing > 0; missing -= likes.at(-1)?.length ?? 0) {
    const together = likedTogether(catalog, habit, taken, random).slice(0, missing)
    for (const number of together) taken[number] = 1
    likes.push(together)
  }

  const gaps = likes.map(() => gapAfter(random))
  const stretch = (habit.years * year) / gaps.reduce((sum, gap) => sum + gap, 0)
  let addedAt = now - habit.minutesAgo * minute
  likes.forEach((together, index) => {
    for (const number of together) saved.push({ song: catalog.song(number), addedAt: wholeSecond(addedAt) })
    addedAt -= (gaps[index] ?? 0) * stretch
  })
  return saved.toSorted((one, other) => other.addedAt - one.addedAt)
}

/** People like a few songs in a row, and then none for a while. */
function gapAfter(random: Random): number {
  return random() < 0.4 ? random() * 0.01 : 0.3 + random() * 1.4
}

function likedTogether(catalog: Catalog, habit: Habit, taken: Uint8Array, random: Random): number[] {
  const taste = catalog.firstOf(pick(random, habit.tastes))
  const artist = Math.floor(random() ** 1.7 * artistsOfTaste)
  const album = taste + (artist * albumsOfArtist + Math.floor(random() * albumsOfArtist)) * songsOnAlbum
  const track = Math.floor(random() * songsOnAlbum)
  if (random() >= habit.albums) return [nextFree(taken, album + track, taste)]
  const free = Array.from({ length: songsOnAlbum }, (_, index) => album + index).filter((number) => !taken[number])
  return free.length > 0 ? free : [nextFree(taken, album, taste)]
}

/** The favourite artists run out in a large library; then the neighbours come up. */
function nextFree(taken: Uint8Array, wanted: number, taste: number): number {
  for (let step = 0; step < songsOfTaste; step += 1) {
    const number = taste + ((wanted - taste + step) % songsOfTaste)
    if (!taken[number]) return number
  }
  throw new Error('This library is larger than its tastes.')
}

function wholeSecond(time: number): number {
  return Math.floor(time / 1000) * 1000
}
