import { createCommonSongs } from '../../src/library/common-songs.ts'
import { libraryFrom } from '../../test/library/numbered-library.ts'
import { longestPause, type Measure } from './measure.ts'

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
