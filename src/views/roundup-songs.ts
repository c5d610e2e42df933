import { ComponentType } from 'discord.js'
import type { Translate } from '../i18n.ts'
import type { RoundupRow } from '../roundups/roundups.ts'
import type { Piece } from './roundup-layout.ts'
import { coverOf, writtenSong } from './song.ts'

/** How much of each song is said: as much as a page has room for. */
export const measures = [
  { named: 5, title: 120, artists: 90 },
  { named: 3, title: 80, artists: 50 },
  { named: 2, title: 50, artists: 30 },
]
type Measure = (typeof measures)[number]

/** What a page has beside its songs: as much as Discord takes components. */
interface Extras {
  readonly covers: number
  /** Whether there is a line above each heading. */
  readonly isRuled: boolean
  /** Whether songs have the width of the card, below what stands beside their heading. */
  readonly isWide: boolean
  readonly isSavable: boolean
  /** Buttons that show all of a person's. */
  readonly seeAll: number
}

const most = { isRuled: false, isWide: true, isSavable: true, seeAll: 10 }
const least = { ...most, covers: 0, isWide: false }
/** What a page may have, the most first. */
export const extras: readonly Extras[] = [
  ...[4, 3, 2].map((covers) => ({ ...most, covers, isRuled: true })),
  ...[4, 3, 2, 1, 0].map((covers) => ({ ...most, covers })),
  least,
  ...[10, 9, 8, 7, 0].map((seeAll) => ({ ...least, isSavable: false, seeAll })),
]
/** The songs under one heading: those of one person, or without one what several have saved. */
export interface Group {
  readonly heading: string
  readonly rows: readonly RoundupRow[]
  readonly seeAll?: Piece['accessory'] | undefined
}

/** What is said of songs, made once each: a page is tried in several ways. */
export function songWriter(t: Translate) {
  const texts = new Map(measures.map((measure) => [measure, new Map<RoundupRow, string>()]))
  return (one: RoundupRow, measure: Measure): string => {
    const known = texts.get(measure)?.get(one) ?? songText(one, measure, t)
    texts.get(measure)?.set(one, known)
    return known
  }
}

/** The songs under their headings. */
export function songs(
  groups: readonly Group[],
  { covers, isWide, isRuled, seeAll }: Extras,
  written: (one: RoundupRow) => string,
  t: Translate,
): Piece[] {
  const pictured = picturedOf(groups, covers)
  const withAll = new Set(groups.filter((group) => group.seeAll).slice(0, seeAll))
  return groups.flatMap((group): Piece[] => {
    const { heading, rows } = group
    const accessory = withAll.has(group) ? group.seeAll : undefined
    const lines = rows.map(written)
    if (!isWide) return [{ text: [heading, ...lines].join('\n'), accessory, isRuled }]
    // Beside a cover there is room for two: its song, below the heading or above the next one.
    const pieces: Piece[] = heading ? [{ text: heading, accessory, isRuled }] : []
    let hasRoom = heading !== '' && !accessory
    for (const [index, text] of lines.entries()) {
      const one = rows[index]
      const cover = one && pictured.has(one) ? thumbnail(one, t) : undefined
      const last = pieces.at(-1)
      if (hasRoom && last && !(cover && last.accessory)) {
        pieces.splice(-1, 1, { ...last, text: `${last.text}\n${text}`, accessory: last.accessory ?? cover })
        hasRoom = false
      } else {
        pieces.push({ text, accessory: cover })
        hasRoom = cover !== undefined
      }
    }
    return pieces
  })
}

/** Songs whose covers are shown, no cover twice: of each group one, before any has two. */
function picturedOf(groups: readonly Group[], most: number): Set<RoundupRow> {
  const byPlace = groups.flatMap(({ rows }) => rows.map((one, place) => ({ one, place: Math.min(place, 1) })))
  const byCover = new Map<string, RoundupRow>()
  for (const { one } of byPlace.toSorted((a, b) => a.place - b.place)) {
    const { cover } = one.song
    if (cover && byCover.size < most && !byCover.has(cover)) byCover.set(cover, one)
  }
  return new Set(byCover.values())
}

function thumbnail({ song }: RoundupRow, t: Translate): Piece['accessory'] {
  return { type: ComponentType.Thumbnail, media: { url: song.cover ?? '' }, description: coverOf(song, t) }
}

/** A song; in small print the artists, who saved it where there is no heading that says so, and when. */
function songText({ song, savers }: RoundupRow, measure: Measure, t: Translate): string {
  const named = savers.slice(0, measure.named).map(({ person }) => person)
  const latest = Math.max(...savers.map(({ at }) => at))
  const more = savers.length > 1 ? [mentions(named, savers.length, t)] : []
  return writtenSong({ ...song, addedAt: latest }, t, { longest: measure, more })
}

/** Some of that many people. */
export function mentions(named: readonly string[], total: number, t: Translate): string {
  const people = named.map((person) => `<@${person}>`).join(', ')
  return total > named.length ? t('roundup.andMore', { people, count: total - named.length }) : people
}
