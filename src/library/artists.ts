import { normalize, wordsOf } from './normalize.ts'
import { matches, type SongFilter } from './search.ts'
import type { Segments } from './segments.ts'

const most = 25

/** The name on one line, in at most `max` UTF-16 units and without half a character at its end. */
export function shortName(name: string, max: number): string {
  return name
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, max)
    .toWellFormed()
    .replace(/\uFFFD$/, '')
}

/** The one among some artists who is called so, as far as `max` UTF-16 units go. */
export function artistCalled(name: string, artists: readonly string[], max: number): string | undefined {
  const wanted = normalize(shortName(name, max))
  return artists.find((artist) => normalize(shortName(artist, max)) === wanted)
}

/**
 * The songs by the artist of that name, which may be cut to `max` UTF-16 units; where nobody has exactly that name,
 * those by artists with all of its words in their names.
 */
export function artistFilter(name: string, max: number): SongFilter {
  const words = wordsOf(name)
  const hasWords = (artist: string): boolean => {
    const text = normalize(artist)
    return words.every((word) => text.includes(word))
  }
  return {
    find(segments) {
      const songs = words.length > 0 ? [...matches(segments, words)] : []
      const isBy = oncePerList((artists) => artistCalled(name, artists, max) !== undefined)
      const exact = songs.filter(({ pack, index }) => isBy(pack.artists[index]))
      if (exact.length > 0) return exact
      const isLike = oncePerList((artists) => artists.some(hasWords))
      return songs.filter(({ pack, index }) => isLike(pack.artists[index]))
    },
  }
}

/** Songs by the same artists share the list of their names. */
function oncePerList(judge: (artists: readonly string[]) => boolean) {
  const known = new Map<readonly string[], boolean>()
  return (artists: readonly string[] = []): boolean => {
    const verdict = known.get(artists) ?? judge(artists)
    known.set(artists, verdict)
    return verdict
  }
}

/** At most 25 artists for what has been typed so far: names that begin with it first, of the latest songs first. */
export function suggestedArtists(segments: Segments, words: readonly string[]): string[] {
  const beginning = words.join(' ')
  const first = new Set<string>()
  const other = new Set<string>()
  for (const { pack, index } of matches(segments, words)) {
    for (const artist of pack.artists[index] ?? []) {
      const name = normalize(artist)
      if (name && name.startsWith(beginning)) first.add(artist)
      else if (name && other.size < most && words.every((word) => name.includes(word))) other.add(artist)
    }
    if (first.size >= most) break
  }
  return [...first, ...other].slice(0, most)
}
