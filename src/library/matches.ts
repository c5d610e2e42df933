import { songIn, textStart, type PackedSongs } from './packed-songs.ts'
import type { Song } from '../spotify/parse.ts'
import type { Segments } from './segments.ts'

/** A song that was found: its place in the list, from 0, and where it is packed. */
export interface Match {
  readonly place: number
  readonly pack: PackedSongs
  readonly index: number
}

/** The songs whose folded text holds all the folded words, newest first. */
export function* matches(runs: Segments, words: readonly string[]): Generator<Match> {
  // The longest word is the rarest as a rule, so the others are seldom looked for.
  const [rarest = '', ...others] = words.toSorted((one, other) => other.length - one.length)
  let start = 0
  for (const { pack, from, to } of runs) {
    for (const index of pack ? indicesWith(pack, rarest, from, to) : []) {
      const all = pack && others.every((word) => indexWith(pack, word, index, index + 1) === index)
      if (all) yield { place: start + index - from, pack, index }
    }
    start += to - from
  }
}

/** At most `most` different songs for what has been typed so far: titles that begin with it first. */
export function suggestions(runs: Segments, words: readonly string[], most: number): Song[] {
  const beginning = words.join(' ')
  const first = new Map<string, Song>()
  const other = new Map<string, Song>()
  for (const { pack, index } of matches(runs, words)) {
    const begins = pack.folded.startsWith(beginning, textStart(pack, index))
    if (!begins && other.size >= most) continue
    const song = songIn(pack, index)
    const songs = begins ? first : other
    if (song.title) songs.set([song.title, ...song.artists].join('\n'), song)
    if (first.size >= most) break
  }
  const rest = [...other].filter(([key]) => !first.has(key))
  return [...first, ...rest].slice(0, most).map(([, song]) => song)
}

function* indicesWith(pack: PackedSongs, word: string, from: number, to: number): Generator<number> {
  for (let index = indexWith(pack, word, from, to); index < to; index = indexWith(pack, word, index + 1, to))
    yield index
}

/** The first song between two indices whose text holds the word; the second index when there is none. */
function indexWith(pack: PackedSongs, word: string, from: number, to: number): number {
  const at = pack.folded.indexOf(word, textStart(pack, from))
  if (at < 0) return to
  let index = from
  while (index < to && textStart(pack, index + 1) <= at) index += 1
  return index
}
