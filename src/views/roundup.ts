import type { MessageBody } from '../command.ts'
import type { Translate } from '../i18n.ts'
import type { PersonPage, RoundupPage, RoundupRow } from '../roundups/roundups.ts'
import { button, row, turnButtons, type ActionRow } from './components.ts'
import { encodePlaylistId } from './page-id.ts'
import { encodePartId, encodeRoundupId, inviteId } from './roundup-id.ts'
import { card, fitting, type Around } from './roundup-layout.ts'
import { extras, measures, mentions, songs, songWriter, type Group } from './roundup-songs.ts'
import { saveSelect } from './save-track.ts'
import { timestamp } from './song.ts'

/** A page of what a server's members have saved, within Discord's limits. */
export function roundupPage(roundup: RoundupPage, t: Translate, around?: Around): MessageBody {
  const { id, page, pages, rows, members } = roundup
  const join = button(t('button.joinRoundups'), `${inviteId}${id}`)
  const notes = [...absent(roundup, t), ...ended(roundup, t)].map((note) => ({ text: `-# ${note}` }))
  if (rows.length === 0 && pages === 1) {
    const pieces = [...quiet(roundup, t), ...late(roundup, t)].map((text) => ({ text }))
    return { layout: card([...pieces, ...notes], '', [row(join)], around) }
  }
  const title = [`## ${t('roundup.heading')}`, `-# ${t('roundup.dates', days(roundup))}`, ...late(roundup, t)]
  const start = [{ text: title.join('\n') }, ...(rows.length === 0 ? [{ text: t('roundup.nothingLeft') }] : [])]
  const footer = `${t('roundup.footer', { page, pages, count: members })} · Spotify`
  const targets = targetsOf(roundup)
  const turning = turnButtons(roundup, t, (action) =>
    encodeRoundupId(id, targets[action], action, action === 'jump' ? pages : undefined),
  )
  const playlist = button(t('button.playlist'), encodePlaylistId({ of: 'roundup', value: id }))
  const groups = groupsOf(roundup, t)
  const [written, saves] = [songWriter(t), savesOf(rows, t)]
  const layout = fitting(extras, measures, (extra, measure) =>
    card(
      [...start, ...songs(groups, extra, (one) => written(one, measure), t), ...notes],
      footer,
      [...turning, row(join, playlist), ...(extra.isSavable ? saves : [])],
      around,
    ),
  )
  return { layout }
}

/** A page of what one of them has saved. */
export function roundupPart(part: PersonPage, t: Translate): MessageBody {
  const { id, person, page, pages, total, rows } = part
  const heading = `## ${counted(person, total, rows[0], t)}`
  const title = `${heading}\n-# ${t('roundup.dates', days(part))}`
  const targets = targetsOf(part)
  const turning = turnButtons(part, t, (action) =>
    encodePartId(id, person, targets[action], action, action === 'jump' ? pages : undefined),
  )
  const footer = pages > 1 ? t('roundup.part.footer', { page, pages }) : ''
  const [written, saves] = [songWriter(t), savesOf(rows, t)]
  const layout = fitting(extras, measures, (extra, measure) =>
    card(
      [{ text: title }, ...songs([{ heading: '', rows }], extra, (one) => written(one, measure), t)],
      [footer, 'Spotify'].filter(Boolean).join(' · '),
      [...turning, ...(extra.isSavable ? saves : [])],
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
    const [first] = ofPerson
    const { of = 0, nth = 1 } = first ?? {}
    const name = of > 0 ? counted(person, of, first, t) : `<@${person}>`
    const heading = nth > 1 ? t('roundup.continued', { person: name }) : name
    const isMore = of > ofPerson.length
    const seeAll = isMore ? button(t('button.seeAll', { count: of }), encodePartId(id, person, 1)) : undefined
    return { heading: `### ${heading}`, rows: ofPerson, seeAll }
  })
  return [...(several.length > 0 ? [{ heading: `### ${t('roundup.several')}`, rows: several }] : []), ...own]
}

/** Somebody with how many songs they have in it, and whether those are their newest only. */
function counted(person: string, count: number, first: RoundupRow | undefined, t: Translate): string {
  const key = first?.savers[0]?.isCut ? 'roundup.person.newest' : 'roundup.person'
  return t(key, { person: `<@${person}>`, count })
}

function savesOf(rows: readonly RoundupRow[], t: Translate): ActionRow[] {
  return saveSelect(
    rows.map(({ song }) => song),
    t,
  )
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

function quiet(roundup: RoundupPage, t: Translate): string[] {
  const { missed, members, isReduced, ended: over } = roundup
  const silent = missed + over.length
  if (isReduced) return [t('roundup.quiet.left', days(roundup))]
  if (silent > 0 && silent >= members) return []
  if (silent > 0) return [t('roundup.quiet.asked', days(roundup))]
  return [t('roundup.quiet', days(roundup))]
}
