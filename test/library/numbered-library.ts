import { createPacker } from '../../src/library/packed-songs.ts'
import type { Segments } from '../../src/library/segments.ts'

/** 40,000 songs in packs of fifty, by their numbers. */
export function libraryFrom(first: number): Segments {
  const pack = createPacker()
  return Array.from({ length: 800 }, (_, block) => {
    const songs = Array.from({ length: 50 }, (_, index) => {
      const number = first + block * 50 + index
      return {
        title: `Song ${number}`,
        artists: [`Artist ${number % 900}`],
        uri: `spotify:track:${`n${number}`.padEnd(22, 'x')}`,
        url: undefined,
        addedAt: Date.UTC(2026, 0) - number * 60_000,
        album: '',
        explicit: undefined,
        cover: undefined,
      }
    })
    return { pack: pack(songs), from: 0, to: songs.length }
  })
}
