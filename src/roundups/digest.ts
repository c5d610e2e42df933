import { hash, randomBytes } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import type { Song } from '../spotify/parse.ts'
import { createHeldSongs } from './held-songs.ts'
import { findSeveral } from './several.ts'

/** A song in a roundup and who saved it, in the order in which they did. */
export interface RoundupRow {
  /** What several saved, then the newest five of each, then everything else of each. */
  readonly section: 'several' | 'newest' | 'more'
  readonly song: ShownSong
  readonly savers: readonly Saver[]
  /** How many songs its only saver has in it, those that others saved too included; absent in rows of 0.1.0. */
  readonly of?: number | undefined
  /** Which of those it is that nobody else saved, from 1, newest first; absent in rows of 0.1.0. */
  readonly nth?: number
}

/** A Discord id, and when that person saved it in milliseconds. */
interface Saver {
  readonly person: string
  readonly at: number
  /** How many songs that person has in it, where others saved this one too; absent in rows of 0.1.0. */
  readonly of?: number
  /** Whether that person saved more than is in it. */
  readonly isCut?: true
}

/** What a roundup shows of a song; text as Spotify sent it. */
type ShownSong = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'cover'>

/** What a person saved, newest first; `isCut` on the last one where that person saved more. */
export type PersonSongs = readonly { readonly song: ShownSong; readonly at: number; readonly isCut?: true }[]

/** Where the songs are, so that they need not be in memory. */
interface SongsKept {
  keep(person: string, songs: PersonSongs): Promise<void>
  /** Empty where nothing is there, or is not any more. */
  read(person: string): Promise<PersonSongs>
}

/** All rows of a roundup in their order, read while they are taken. */
export interface ArrangedRows {
  readonly count: number
  /** By how many people each of the songs was saved that come first. */
  readonly widths: Uint32Array
  readonly rows: AsyncIterable<readonly RoundupRow[]>
}

const newestOfEach = 5
/** What 0.1.0 showed of each, beside what others saved too. */
const newestOfFewer = 3

/**
 * Takes in one member after the other. In memory it has sixteen bytes a song; what is shown of them is kept elsewhere.
 * `fewer`: of whom nothing is shown or kept but what others saved too, and otherwise their newest three.
 */
export function createDigest({ keep, read }: SongsKept, fewer: ReadonlySet<string> = new Set()) {
  // Nobody can make two songs that have one number. By chance they are among 200,000 in one of 200,000 roundups.
  const salt = randomBytes(16).toString('hex')
  const numberOf = (uri: string): number => Number.parseInt(hash('sha256', salt + uri).slice(0, 13), 16)
  /** Of each song of a person its number and when it was saved, in turn. */
  const facts = new Map<string, Float64Array>()
  const factsOf = (own: PersonSongs) => Float64Array.from(own.flatMap(({ song, at }) => [numberOf(song.uri), at]))
  const held = createHeldSongs<PersonSongs>()

  return {
    /** What a person saved, in place of what was known of them. `isCut`: they saved more. */
    async add(person: string, songs: readonly Song[], isCut = false): Promise<void> {
      const own = onceEach(songs, isCut && !fewer.has(person))
      const isNews = own.length > 0 || facts.has(person)
      facts.set(person, factsOf(own))
      if (fewer.has(person)) held.set(person, own)
      else if (isNews) await keep(person, own)
    },
    /** Those who have any songs in it. */
    people: () => [...facts].filter(([, own]) => own.length > 0).map(([person]) => person),
    /** What several saved, the latest first, then everybody's newest, then everything else; only of these people. */
    async arrange(people: ReadonlySet<string>): Promise<ArrangedRows> {
      const included = new Map([...facts].filter(([person]) => people.has(person)))
      const several = await findSeveral([...included.values()])
      for (const person of fewer.intersection(included)) {
        let newest = 0
        const isShown = (uri: string): boolean => several.has(numberOf(uri)) || (newest += 1) <= newestOfFewer
        const shown = (held.take(person) ?? []).filter(({ song }) => isShown(song.uri))
        if (shown.length > 0) await keep(person, shown)
        included.set(person, factsOf(shown))
      }
      const alone = [...included].map(([person, own]) => {
        const [count, latest] = several.without(own)
        return { person, count, latest }
      })
      await othersTurn()
      const order = alone.filter(({ count }) => count > 0).toSorted((a, b) => b.latest - a.latest)
      const count = order.reduce((sum, one) => sum + one.count, several.widths.length)
      return { count, widths: several.widths, rows: rows() }

      async function* rows() {
        for (const numbers of several.batches()) yield await togetherRows(numbers)
        for (const { person } of order) yield (await aloneRows(person)).slice(0, newestOfEach)
        const more = order.filter((one) => one.count > newestOfEach)
        for (const { person } of more) yield (await aloneRows(person)).slice(newestOfEach)
      }

      async function aloneRows(person: string): Promise<RoundupRow[]> {
        const all = await read(person)
        const own = personRows(
          person,
          all.filter(({ song }) => !several.has(numberOf(song.uri))),
          all,
        )
        // A store in the same process works while everybody else waits.
        await othersTurn()
        return own
      }

      async function togetherRows(numbers: readonly number[]): Promise<RoundupRow[]> {
        const found = new Map(numbers.map((number) => [number, new Array<{ song: ShownSong; saver: Saver }>()]))
        for (const [person, own] of included) {
          if (!own.some((fact, index) => index % 2 === 0 && found.has(fact))) continue
          const all = await read(person)
          for (const { song, at } of all)
            found.get(numberOf(song.uri))?.push({ song, saver: { ...saverOf(person, at, all), of: all.length } })
          await othersTurn()
        }
        // Somebody may have left since, and be in it no more.
        return [...found.values()].flatMap((savers) => {
          const [first, ...others] = savers
          if (!first) return []
          const { song, saver } = first
          if (others.length === 0 && fewer.has(saver.person)) return []
          if (others.length === 0) return { section: 'newest' as const, song, savers: [saver], of: saver.of, nth: 1 }
          const inOrder = savers.map((one) => one.saver).toSorted((a, b) => a.at - b.at)
          return { section: 'several' as const, song, savers: inOrder }
        })
      }
    },
  }
}

/** Some songs of one person, of all that they have in it. */
export function personRows(person: string, songs: PersonSongs, all: PersonSongs): RoundupRow[] {
  return songs.map(({ song, at }, index) => {
    const section = index < newestOfEach ? 'newest' : 'more'
    return { section, song, savers: [saverOf(person, at, all)], of: all.length, nth: index + 1 }
  })
}

function saverOf(person: string, at: number, all: PersonSongs): Saver {
  return { person, at, ...(all.at(-1)?.isCut && { isCut: true }) }
}

/** A person's songs with a name and a date, newest first; one that is listed twice counts from its latest. */
function onceEach(songs: readonly Song[], isCut: boolean): PersonSongs {
  const byUri = new Map<string, PersonSongs[number]>()
  for (const { addedAt: at, uri, title, artists, url, cover } of songs) {
    if (at === undefined || uri.startsWith('missing:') || (byUri.get(uri)?.at ?? -Infinity) >= at) continue
    byUri.set(uri, { song: { uri, title, artists, url, cover }, at })
  }
  const own = [...byUri.values()].toSorted((a, b) => b.at - a.at)
  return own.map((one, index) => (isCut && index === own.length - 1 ? { ...one, isCut } : one))
}
