import type { Song } from '../spotify/parse.ts'

/** A song in a roundup and who saved it, in the order in which they did. */
export interface RoundupRow {
  /** What several saved, then the newest five of each, then everything else of each. */
  readonly section: 'several' | 'newest' | 'more'
  readonly song: ShownSong
  readonly savers: readonly Saver[]
  /** How many songs its only saver has in it, those that others saved too included; absent in rows of 0.1.0. */
  readonly of?: number
}

/** A Discord id, and when that person saved it in milliseconds. */
interface Saver {
  readonly person: string
  readonly at: number
}

/** What a roundup shows of a song; text as Spotify sent it. */
type ShownSong = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'cover'>

const newestOfEach = 5

/** Takes in one member after the other and keeps of each only what the roundup may need. */
export function createDigest() {
  /** By song: its only saver so far, or all of them. The song itself is kept from the second one on. */
  const saved = new Map<string, Saver | { readonly song: ShownSong; readonly savers: Saver[] }>()
  const newest = new Map<string, ReturnType<typeof onceEach>>()

  return {
    add(person: string, songs: readonly Song[]): void {
      const likes = onceEach(songs)
      newest.set(person, likes)
      for (const { song, at } of likes) {
        const known = saved.get(song.uri)
        if (!known) saved.set(song.uri, { person, at })
        else if ('savers' in known) known.savers.push({ person, at })
        else saved.set(song.uri, { song, savers: [known, { person, at }] })
      }
    },
    /** Those who have any songs in it. */
    people: () => [...newest].filter(([, likes]) => likes.length > 0).map(([person]) => person),
    /** What several saved, the latest first, then everybody's newest, then all the rest; only of these people. */
    rows(people: ReadonlySet<string>): RoundupRow[] {
      const several = [...saved.values()]
        .filter((entry) => 'savers' in entry)
        .map(({ song, savers }): RoundupRow => {
          const own = savers.filter(({ person }) => people.has(person))
          return { section: 'several', song, savers: own.toSorted((a, b) => a.at - b.at) }
        })
        .filter(({ savers }) => savers.length > 1)
        .toSorted((a, b) => latest(b) - latest(a))
      const together = new Set(several.map(({ song }) => song.uri))
      const alone = [...newest]
        .filter(([person]) => people.has(person))
        .map(([person, likes]) => {
          const own = likes.filter(({ song }) => !together.has(song.uri))
          return own.map(({ song, at }, index): RoundupRow => {
            const section = index < newestOfEach ? 'newest' : 'more'
            return { section, song, savers: [{ person, at }], of: likes.length }
          })
        })
        .toSorted(([a], [b]) => latest(b) - latest(a))
      const parts = (['newest', 'more'] as const).map((section) =>
        alone.flat().filter((row) => row.section === section),
      )
      return [...several, ...parts.flat()]
    },
  }
}

/** A person's songs with a name and a date, newest first; one that is listed twice counts from its latest. */
function onceEach(songs: readonly Song[]) {
  const byUri = new Map<string, { readonly song: ShownSong; readonly at: number }>()
  for (const { addedAt: at, uri, title, artists, url, cover } of songs) {
    if (at === undefined || uri.startsWith('missing:') || (byUri.get(uri)?.at ?? -Infinity) >= at) continue
    byUri.set(uri, { song: { uri, title, artists, url, cover }, at })
  }
  return [...byUri.values()].toSorted((a, b) => b.at - a.at)
}

function latest(row: RoundupRow | undefined): number {
  return row?.savers.at(-1)?.at ?? 0
}
