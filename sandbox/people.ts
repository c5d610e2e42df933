import type { Channel, Person } from './discord/discord.ts'
import { makeCatalog } from './songs/catalog.ts'
import type { Catalog } from './songs/catalog.ts'
import { makeLibrary } from './songs/library.ts'
import type { Habit } from './songs/library.ts'
import { oddLibrary } from './songs/oddities.ts'
import type { Saved, SpotifyAccount } from './spotify/spotify.ts'

/** The people on the sandbox's Discord. Each has an account on its Spotify: see `accountOf`. */
export const people: readonly Person[] = [
  { id: '175928847299117063', username: 'ana', displayName: 'Ana', color: '#c2410c', manager: true },
  { id: '218430562115657728', username: 'ben', displayName: 'Ben', color: '#1d6fb8' },
  { id: '309174882611200031', username: 'chiyo', displayName: 'Chiyo', color: '#a21caf' },
  { id: '41771983423143937', username: 'dara', displayName: 'Dara', color: '#0f766e' },
  { id: '587301422390181899', username: 'emil', displayName: 'Emil', color: '#6d4aff' },
  { id: '1031225577002393610', username: 'fay', displayName: 'Fay', color: '#be185d' },
  { id: '1189304417765212210', username: 'gus', displayName: 'Gus', color: '#4d7c0f' },
]

export const guild = { id: '197038439483310086', name: 'The Listening Room' }

export const channels: readonly Channel[] = [
  { id: '197038439483310087', name: 'music' },
  { id: '197038512938778624', name: 'general' },
  { id: '402218760019345408', name: 'roundups' },
]

const western = ['indie', 'folk', 'electronic', 'hip-hop', 'jazz', 'metal', 'spanish', 'french']
const elsewhere = ['greek', 'russian', 'japanese', 'korean', 'arabic', 'hindi']

const tastes: Readonly<Record<string, readonly string[]>> = {
  'ana-spotify': ['indie', 'indie', 'folk'],
  'ben-spotify': ['electronic', 'hip-hop'],
  'chiyo-spotify': ['japanese', ...elsewhere],
  'emil-spotify': [...western, ...elsewhere],
  'gus-spotify': ['jazz'],
}

/** The Spotify account of a person, by Discord id; undefined for a stranger. */
export function accountOf(personId: string): string | undefined {
  const person = people.find(({ id }) => id === personId)
  return person && `${person.username}-spotify`
}

/** Names of the tastes behind an account's library, for a song that would fit in. */
export function tastesOf(accountId: string): readonly string[] {
  return tastes[accountId] ?? ['indie']
}

/** Everybody's Spotify account, with libraries that are made when they are first read. `now` in milliseconds. */
export function makeAccounts(now: number): SpotifyAccount[] {
  const catalog = makeCatalog()
  // Songs that several of them have liked in the last days, at different times.
  const together = [4127, 4310, 4866, 4943].map((track) => catalog.firstOf('indie') + track)
  const liked = (...hours: number[]) =>
    together.slice(0, hours.length).map((number, index) => ({ number, hoursAgo: hours[index] ?? 0 }))

  return [
    collector(catalog, now, 'Ana', '3,120 songs, indie and folk, likes something every day', {
      size: 3120,
      years: 2.7,
      minutesAgo: 12,
      albums: 0.1,
      certain: liked(52, 75, 31, 9),
    }),
    collector(catalog, now, 'Ben', '42 songs, electronic and hip-hop, chooses with care', {
      size: 42,
      years: 1.2,
      minutesAgo: 190,
      albums: 0,
      certain: liked(20, 28, 98),
    }),
    collector(catalog, now, 'Chiyo', '8,000 songs in six languages, from Tokyo to Athens', {
      size: 8000,
      years: 9,
      minutesAgo: 41,
      albums: 0.25,
      certain: liked(14),
    }),
    account('Dara', 'A new account, nothing liked so far', () => []),
    collector(catalog, now, 'Emil', '40,000 songs, whole albums of everything, over sixteen years', {
      size: 40_000,
      years: 16.4,
      minutesAgo: 5,
      albums: 0.5,
      certain: liked(6, 11),
    }),
    account('Fay', '7 songs, each with something odd about it', () => oddLibrary(catalog.song(together[0] ?? 0), now)),
    collector(catalog, now, 'Gus', '310 songs of jazz, but not let in by Spotify', {
      size: 310,
      years: 3,
      minutesAgo: 700,
      albums: 0.1,
      certain: [],
      allowed: false,
    }),
  ]
}

type Collector = Omit<Habit, 'tastes'> & { readonly allowed?: boolean }

function collector(catalog: Catalog, now: number, name: string, about: string, habit: Collector): SpotifyAccount {
  const id = `${name.toLowerCase()}-spotify`
  return account(name, about, () => makeLibrary(catalog, id, { ...habit, tastes: tastesOf(id) }, now), habit.allowed)
}

function account(name: string, about: string, make: () => Saved[], allowed = true): SpotifyAccount {
  let library: Saved[] | undefined
  return {
    id: `${name.toLowerCase()}-spotify`,
    name,
    about,
    allowed,
    get library() {
      return (library ??= make())
    },
    set library(saved) {
      library = saved
    },
  }
}
