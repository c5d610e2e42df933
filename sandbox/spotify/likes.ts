import { tastesOf } from '../people.ts'
import { someSong } from '../songs/catalog.ts'
import type { Saved, Song, SpotifyAccount } from './spotify.ts'
import type { World } from './world.ts'

/** Puts the song, or a made-up one that fits the person, on top; a song that is liked already stays where it is. */
export function likeSong(world: World, account: SpotifyAccount, song?: Song): Saved {
  const liked = song ?? unlikedSong(world, account)
  const known = findLike(account, liked.id)
  if (known) return known
  const saved = { song: liked, addedAt: world.now() }
  account.library.unshift(saved)
  return saved
}

/** Saves so many made-up songs in one second. */
export function importSongs(world: World, account: SpotifyAccount, count: number): void {
  const addedAt = Math.floor(world.now() / 1000) * 1000
  for (let number = 0; number < count; number += 1) {
    account.library.unshift({ song: unlikedSong(world, account), addedAt })
  }
}

export function unlikeSong(world: World, account: SpotifyAccount, songId: string): void {
  const song = findLike(account, songId)?.song
  if (song) world.seenSongs.set(song.id, song)
  account.library = account.library.filter((saved) => saved.song?.id !== songId)
}

export function findLike(account: SpotifyAccount, songId: string): Saved | undefined {
  return account.library.find(({ song }) => song?.id === songId)
}

/** Any song that this Spotify has in somebody's library, or had in an answer. */
export function findSong(world: World, songId: string): Song | undefined {
  const seen = world.seenSongs.get(songId)
  if (seen) return seen
  for (const account of world.accounts) {
    const song = findLike(account, songId)?.song
    if (song) return song
  }
  return undefined
}

function unlikedSong(world: World, account: SpotifyAccount): Song {
  for (let number = 0; ; number += 1) {
    const seed = `${account.id} ${account.library.length} ${number}`
    const song = someSong(world.catalog, tastesOf(account.id), seed)
    if (!findLike(account, song.id)) return song
  }
}
