import type { Song } from '../spotify/parse.ts'

/** A song in a roundup and who saved it, in the order in which they did. */
export interface RoundupRow {
  readonly section: 'several' | 'newest'
  readonly song: ShownSong
  readonly savers: readonly Saver[]
}

export interface Saver {
  /** A Discord id. */
  readonly person: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What a roundup shows of a song; text as Spotify sent it. */
export type ShownSong = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'cover'>

/** Takes in one member after the other and keeps of each only what the roundup may need. */
export interface Digest {
  add(person: string, songs: readonly Song[]): void
  /** What several saved, the latest first, then everybody's newest; only of these people. */
  rows(people: ReadonlySet<string>): RoundupRow[]
}

const newestOfEach = 3

export function createDigest(): Digest {
  /** By song: its only saver so far, or all of them. The song itself is kept from the second one on. */
  const saved = new Map<string, Saver | { readonly song: ShownSong; readonly savers: Saver[] }>()
  const newest = new Map<string, readonly { readonly song: ShownSong; readonly at: number }[]>()

  return {
    add(person, songs) {
      const dated = onceEach(songs)
      newest.set(
        person,
        dated.slice(0, mostKept).map(({ song, at }) => ({ song: shown(song), at })),
      )
      for (const { song, at } of dated) {
        const known = saved.get(song.uri)
        if (!known) saved.set(song.uri, { person, at })
        else if ('savers' in known) known.savers.push({ person, at })
        else saved.set(song.uri, { song: shown(song), savers: [known, { person, at }] })
      }
    },
    rows(people) {
      const several = [...saved.values()]
        .flatMap((entry) => ('savers' in entry ? [{ ...entry, savers: inOrder(entry.savers, people) }] : []))
        .filter(({ savers }) => savers.length > 1)
        .map(({ song, savers }): RoundupRow => ({ section: 'several', song, savers }))
        .toSorted((a, b) => latest(b) - latest(a))
      const together = new Set(several.map(({ song }) => song.uri))
      const alone = [...newest]
        .filter(([person]) => people.has(person))
        .map(([person, songs]) => ofOne(person, songs, together))
      return [...several, ...alone.toSorted((a, b) => first(b) - first(a)).flat()]
    },
  }
}

// Some of a person's newest may stand among what several saved.
const mostKept = 10

function ofOne(
  person: string,
  songs: readonly { readonly song: ShownSong; readonly at: number }[],
  together: ReadonlySet<string>,
): RoundupRow[] {
  return songs
    .filter(({ song }) => !together.has(song.uri))
    .slice(0, newestOfEach)
    .map(({ song, at }) => ({ section: 'newest', song, savers: [{ person, at }] }))
}

/** A person's songs with a name and a date, newest first; one that stands twice counts from its latest. */
function onceEach(songs: readonly Song[]): { readonly song: Song; readonly at: number }[] {
  const byUri = new Map<string, { readonly song: Song; readonly at: number }>()
  for (const song of songs) {
    const known = byUri.get(song.uri)
    if (song.addedAt === undefined || song.uri.startsWith('missing:')) continue
    if (!known || known.at < song.addedAt) byUri.set(song.uri, { song, at: song.addedAt })
  }
  return [...byUri.values()].toSorted((a, b) => b.at - a.at)
}

function inOrder(savers: readonly Saver[], people: ReadonlySet<string>): Saver[] {
  return savers.filter(({ person }) => people.has(person)).toSorted((a, b) => a.at - b.at)
}

function latest({ savers }: RoundupRow): number {
  return savers.at(-1)?.at ?? 0
}

function first(rows: readonly RoundupRow[]): number {
  return rows[0]?.savers[0]?.at ?? 0
}

function shown({ uri, title, artists, url, cover }: Song): ShownSong {
  return { uri, title, artists, url, cover }
}
