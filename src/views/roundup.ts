import { ComponentType } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { Translate } from '../i18n.ts'
import type { PersonPage, RoundupPage, RoundupRow } from '../roundups/roundups.ts'
import { button, row, turnButtons, type ActionRow } from './components.ts'
import { encodePartId, encodeRoundupId, inviteId } from './roundup-id.ts'
import { card, fitting, type Around, type Piece } from './roundup-layout.ts'
import { saveSelect } from './save-track.ts'
import { coverOf, timestamp, writtenSong } from './song.ts'

/** How much of each song is said: as much as a page has room for. */
const measures = [
  { named: 5, title: 120, artists: 90 },
  { named: 3, title: 80, artists: 50 },
  { named: 2, title: 50, artists: 30 },
]
type Measure = (typeof measures)[number]

/** What a page has beside its songs: as much as Discord takes components. */
interface Extras {
  readonly covers: number
  /** Whether songs have the width of the card, below what stands beside their heading. */
  readonly isWide: boolean
  readonly isSavable: boolean
  /** Buttons that show all of a person's. */
  readonly seeAll: number
}

const most = { isWide: true, isSavable: true, seeAll: 10 }
const extras: readonly Extras[] = [
  ...[4, 3, 2, 1, 0].map((covers) => ({ ...most, covers })),
  { ...most, covers: 0, isWide: false },
  ...[10, 9, 8, 7, 0].map((seeAll) => ({ covers: 0, isWide: false, isSavable: false, seeAll })),
]
const choices = extras.flatMap((extra) => measures.map((measure) => ({ ...extra, measure })))
type Choice = (typeof choices)[number]

/** The songs under one heading: those of one person, or without one what several have saved. */
interface Group {
  readonly heading: string
  readonly rows: readonly RoundupRow[]
  readonly seeAll?: ReturnType<typeof button> | undefined
}

/** A page of what a server's members have saved, within Discord's limits. */
export function roundupPage(roundup: RoundupPage, t: Translate, around?: Around): MessageBody {
  const { id, page, pages, rows, members } = roundup
  const join = row(button(t('button.joinRoundups'), `${inviteId}${id}`))
  const notes = [...absent(roundup, t), ...ended(roundup, t)].map((note) => ({ text: `-# ${note}` }))
  if (rows.length === 0 && pages === 1) {
    const pieces = [...quiet(roundup, t), ...late(roundup, t)].map((text) => ({ text }))
    return { layout: card([...pieces, ...notes], '', [join], around) }
  }
  const title = [`## ${t('roundup.heading')}`, `-# ${t('roundup.dates', days(roundup))}`, ...late(roundup, t)]
  const start = [{ text: title.join('\n') }, ...(rows.length === 0 ? [{ text: t('roundup.nothingLeft') }] : [])]
  const footer = `${t('roundup.footer', { page, pages, count: members })} · Spotify`
  const targets = targetsOf(roundup)
  const turning = turnButtons(roundup, t, (action) =>
    encodeRoundupId(id, targets[action], action, action === 'jump' ? pages : undefined),
  )
  const groups = groupsOf(roundup, t)
  const layout = fitting(choices, (choice) =>
    card(
      [...start, ...songs(groups, choice, t), ...notes],
      footer,
      [...turning, join, ...saves(rows, choice, t)],
      around,
    ),
  )
  return { layout }
}

/** A page of what one of them has saved. */
export function roundupPart(part: PersonPage, t: Translate): MessageBody {
  const { id, person, page, pages, total, rows } = part
  const heading = `## ${t('roundup.person', { person: `<@${person}>`, count: total })}`
  const title = `${heading}\n-# ${t('roundup.dates', days(part))}`
  const targets = targetsOf(part)
  const turning = turnButtons(part, t, (action) =>
    encodePartId(id, person, targets[action], action, action === 'jump' ? pages : undefined),
  )
  const footer = pages > 1 ? t('roundup.part.footer', { page, pages }) : ''
  const layout = fitting(choices, (choice) =>
    card(
      [{ text: title }, ...songs([{ heading: '', rows }], choice, t)],
      [footer, 'Spotify'].filter(Boolean).join(' · '),
      [...turning, ...saves(rows, choice, t)],
    ),
  )
  return { layout }
}

/** What several saved, then each person once. */
function groupsOf({ id, rows }: RoundupPage, t: Translate): Group[] {
  const several = rows.filter(({ section }) => section === 'several')
  const byPerson = Map.groupBy(
    rows.filter(({ section }) => section !== 'several'),
    ({ savers }) => savers[0]?.person ?? '',
  )
  const own = [...byPerson].map(([person, ofPerson]): Group => {
    const [{ section, of = 0 } = {}] = ofPerson
    const name = `<@${person}>`
    const counted = of > 0 ? t('roundup.person', { person: name, count: of }) : name
    const heading = section === 'more' ? t('roundup.continued', { person: counted }) : counted
    const isMore = of > ofPerson.length
    const seeAll = isMore ? button(t('button.seeAll', { count: of }), encodePartId(id, person, 1)) : undefined
    return { heading: `### ${heading}`, rows: ofPerson, seeAll }
  })
  return [...(several.length > 0 ? [{ heading: `### ${t('roundup.several')}`, rows: several }] : []), ...own]
}

/** The songs under their headings. */
function songs(groups: readonly Group[], { covers, isWide, seeAll, measure }: Choice, t: Translate): Piece[] {
  // One in each group rather than all in the first.
  const byPlace = groups.flatMap(({ rows }) => rows.map((one, place) => ({ one, place })))
  const withCover = byPlace
    .filter(({ one }) => one.song.cover)
    .toSorted((a, b) => Math.min(a.place, 1) - Math.min(b.place, 1))
  const pictured = new Set(withCover.slice(0, covers).map(({ one }) => one))
  const withAll = new Set(groups.filter((group) => group.seeAll).slice(0, seeAll))
  return groups.flatMap((group): Piece[] => {
    const { heading, rows } = group
    const head = { text: heading, accessory: withAll.has(group) ? group.seeAll : undefined }
    const lines = rows.map((one): Piece => ({
      text: songText(one, measure, t),
      accessory: pictured.has(one) ? thumbnail(one, t) : undefined,
    }))
    const [first, ...others] = lines
    if (!first || heading === '') return lines
    if (!isWide) return [{ ...head, text: [heading, ...lines.map((line) => line.text)].join('\n') }]
    // A heading stands above its first song, beside the cover of that, unless it has a button beside itself.
    return head.accessory ? [head, ...lines] : [{ ...first, text: `${heading}\n${first.text}` }, ...others]
  })
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

function saves(rows: readonly RoundupRow[], { isSavable }: Choice, t: Translate): ActionRow[] {
  const listed = rows.map(({ song }) => song)
  return isSavable ? saveSelect(listed, t) : []
}

function targetsOf({ page, pages }: { readonly page: number; readonly pages: number }) {
  return { first: 1, previous: Math.max(page - 1, 1), jump: page, next: page + 1, last: pages }
}

function days({ from, until }: { readonly from: number; readonly until: number }) {
  return { from: timestamp(from, 'D'), until: timestamp(until, 'D') }
}

function late({ late: due }: RoundupPage, t: Translate): string[] {
  return due === null ? [] : [`-# ${t('roundup.late', { when: timestamp(due, 'f') })}`]
}

function absent({ missing, missed }: RoundupPage, t: Translate): string[] {
  return missing.length > 0 ? [t('roundup.missing', { people: mentions(missing, missed, t) })] : []
}

function ended({ ended: people }: RoundupPage, t: Translate): string[] {
  if (people.length === 0) return []
  return [
    t(people.length > 1 ? 'roundup.ended.several' : 'roundup.ended', { people: mentions(people, people.length, t) }),
  ]
}

/** Some of that many people. */
function mentions(named: readonly string[], total: number, t: Translate): string {
  const people = named.map((person) => `<@${person}>`).join(', ')
  return total > named.length ? t('roundup.andMore', { people, count: total - named.length }) : people
}

function quiet(roundup: RoundupPage, t: Translate): string[] {
  const { missed, members, isReduced } = roundup
  if (isReduced) return [t('roundup.quiet.left', days(roundup))]
  if (missed > 0 && missed >= members) return []
  if (missed > 0) return [t('roundup.quiet.asked', days(roundup))]
  return [t('roundup.quiet', days(roundup))]
}
