import { createHash } from 'node:crypto'
import { makeCatalog } from '../../sandbox/songs/catalog.ts'
import { makeLibrary } from '../../sandbox/songs/library.ts'
import { generator, hashOf, pick, type Random } from '../../sandbox/songs/random.ts'
import type { Song, SpotifyAccount } from '../../sandbox/spotify/spotify.ts'
import { normalize, wordsOf } from '../../src/library/normalize.ts'

const tastes = ['indie', 'electronic', 'french', 'japanese', 'greek', 'arabic', 'hindi']

/** Somebody who is called like their account, and what they like, unlike and look for: the same for the same seed. */
export type Listener = ReturnType<ReturnType<typeof createListeners>>

/** People with libraries as real ones are: albums of several songs, ids and covers as long and as random as Spotify's. */
export function createListeners(seed = 0) {
  const catalog = makeCatalog()
  const songs = new Map<number, Song>()
  const songOf = (number: number): Song => {
    const song = songs.get(number) ?? withRealCover(catalog.song(number))
    songs.set(number, song)
    return song
  }

  return (name: string, size: number) => {
    const habit = { size, tastes, years: 10, minutesAgo: 5, albums: 0.3, certain: [] }
    const made = makeLibrary({ ...catalog, song: songOf }, name, habit, Date.now())
    const account: SpotifyAccount = { id: name, name, allowed: true, library: made }
    const random: Random = generator(hashOf(`${name} lives ${seed}`))
    return { account, random, newSong, unlike, query, scan }

    /** One that is not liked yet. */
    function newSong(): Song {
      for (;;) {
        const song = songOf(catalog.firstOf(pick(random, tastes)) + Math.floor(random() * 10_000))
        if (!account.library.some((saved) => saved.song?.id === song.id)) return song
      }
    }

    /** Removes a song from anywhere, each place as likely as another. */
    function unlike(): void {
      account.library.splice(Math.floor(random() * account.library.length), 1)
    }

    /** Words of a song that is liked: of its title, of an artist or of its album. */
    function query(): string {
      const { title, artists, album } = pick(random, account.library).song ?? newSong()
      const words = pick(random, [title, title, artists[0] ?? title, album]).split(' ')
      const count = pick(random, [1, 1, 2])
      return words.slice(-count).join(' ')
    }

    /** The uris of all songs with those words, newest first: looked for one song after the other. */
    function scan(text: string): string[] {
      const words = wordsOf(text)
      return account.library.flatMap(({ song }) => {
        if (!song) return []
        const fields = [song.title, song.artists.join(' '), song.album].map(normalize)
        return words.every((word) => fields.some((field) => field.includes(word))) ? [`spotify:track:${song.id}`] : []
      })
    }
  }
}

function withRealCover(song: Song): Song {
  const image = createHash('sha1').update(song.cover).digest('hex').slice(0, 24)
  return { ...song, cover: `https://i.scdn.co/image/ab67616d0000b273${image}` }
}
