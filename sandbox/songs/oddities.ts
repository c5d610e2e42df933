import type { Saved, Song } from '../spotify/spotify.ts'
import { base62, generator, hashOf } from './random.ts'

const hour = 3_600_000

/** Everything that a list of songs has to survive, next to one ordinary song. Newest first. */
export function oddLibrary(ordinary: Song, now: number): Saved[] {
  const songs: (Song | null)[] = [
    ordinary,
    odd('**Bold** [free nitro](https://example.com) @everyone <@&1> # Loud', ['`Code` & ~~Strike~~', '||Spoiler|| \\']),
    odd(
      'Rewind \u202Egnos sdrawkcab\u202C Z\u0324\u0353\u0300\u0301\u0302\u0303\u0304\u0306\u0307\u0308a\u030A\u030B\u030Clgo',
      ['\u200Bקול הים', '👩‍👩‍👧‍👦'],
    ),
    odd(longTitle(), ['The Society for the Preservation of Extraordinarily Long Names and Their Abbreviations']),
    { ...odd('Gone from the shelves', ['Withdrawn']), playable: false },
    { ...odd('Demo, kitchen, two microphones', ['Fay']), album: 'Home recordings', cover: '', local: true },
    null,
  ]
  return songs.map((song, index) => ({
    song,
    addedAt: Math.floor((now - (2 + index * index * 9) * hour) / 1000) * 1000,
  }))
}

function odd(title: string, artists: readonly string[]): Song {
  const random = generator(hashOf(title))
  return { id: base62(random), title, artists, album: 'Odd ends', cover: base62(random, 12), durationMs: 187_000 }
}

function longTitle(): string {
  const verse = 'and then the river turned around and asked the bridge what it was waiting for, '
  return `A song in one breath: ${verse.repeat(8)}and the bridge said nothing`
}
