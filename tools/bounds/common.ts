import { createCommonSongs } from '../../src/library/common-songs.ts'
import { createPacker } from '../../src/library/packed-songs.ts'
import type { Segments } from '../../src/library/segments.ts'
import { longestPause, type Measure } from './measure.ts'

const pack = createPacker()

export default {
  what: 'Longest piece of comparing two libraries of 40,000 songs, by what the thread worked',
  unit: 'ms',
  bound: 50,
  async take() {
    const [one, other] = [libraryFrom(0), libraryFrom(10_000)]
    const { worked } = await longestPause(() => createCommonSongs()([one, other]))
    return worked
  },
} satisfies Measure

/** 40,000 songs in packs of fifty, by their numbers. */
function libraryFrom(first: number): Segments {
  return Array.from({ length: 800 }, (_, block) => {
    const songs = Array.from({ length: 50 }, (_, index) => {
      const number = first + block * 50 + index
      return {
        title: `Song ${number}`,
        artists: [`Artist ${number % 900}`],
        uri: `spotify:track:${`n${number}`.padEnd(22, 'x')}`,
        url: undefined,
        addedAt: Date.UTC(2026, 0) - number * 60_000,
        ...{ album: '', explicit: undefined, cover: undefined },
      }
    })
    return { pack: pack(songs), from: 0, to: songs.length }
  })
}
