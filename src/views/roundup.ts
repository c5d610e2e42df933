import type { APIEmbed } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { Translate } from '../i18n.ts'
import type { RoundupPage, RoundupRow } from '../roundups/roundups.ts'
import { button, row, turnButtons } from './components.ts'
import { encodeRoundupId, inviteId } from './roundup-id.ts'
import { saveSelect } from './save-track.ts'
import { accent } from './song-list.ts'
import { timestamp, writtenSong } from './song.ts'

const spotify = 'https://open.spotify.com'
const longestDescription = 4096
/** How much of each row is said: as much as a page has room for. */
const measures = [
  { named: 5, title: 120, artists: 90 },
  { named: 3, title: 80, artists: 50 },
  { named: 2, title: 50, artists: 30 },
]
type Measure = (typeof measures)[number]

/** A page of what a server's members have saved, within Discord's limits. */
export function roundupPage(roundup: RoundupPage, t: Translate): MessageBody {
  const { id, page, pages, rows, members } = roundup
  const lastRow = row(button(t('button.joinRoundups'), `${inviteId}${id}`))
  if (rows.length === 0 && pages === 1) {
    const lines = [...quiet(roundup, t), ...late(roundup, t), ...absent(roundup, t)]
    return { content: lines.filter(Boolean).join('\n'), components: [lastRow] }
  }
  // Pictures as Spotify has them; Discord shows up to four of one address as a gallery.
  const covers = [...new Set(rows.flatMap(({ song }) => song.cover ?? []))].slice(0, 4)
  const [image, ...others] = covers.map((url) => ({ url }))
  const embed: APIEmbed = {
    color: accent,
    url: spotify,
    description: description(roundup, t),
    ...(image && { image }),
    footer: { text: `${t('roundup.footer', { page, pages, count: members })} · Spotify` },
  }
  const targets = { first: 1, previous: Math.max(page - 1, 1), jump: page, next: page + 1, last: pages }
  const turning = turnButtons(roundup, t, (action) =>
    encodeRoundupId(id, targets[action], action, action === 'jump' ? pages : undefined),
  )
  const songs = rows.map(({ song }) => song)
  return {
    embeds: [embed, ...others.map((other) => ({ url: spotify, image: other }))],
    components: [...turning, lastRow, ...saveSelect(songs, t)],
  }
}

function description(roundup: RoundupPage, t: Translate): string {
  const heading = t('roundup.heading', days(roundup))
  const written = (measure: Measure): string =>
    [heading, ...late(roundup, t), ...sections(roundup, measure, t), ...absent(roundup, t)].join('\n')
  const texts = measures.map(written)
  return texts.find((text) => text.length <= longestDescription) ?? (texts.at(-1) ?? '').slice(0, longestDescription)
}

function days({ from, until }: RoundupPage) {
  return { from: timestamp(from, 'D'), until: timestamp(until, 'D') }
}

function late({ late: due }: RoundupPage, t: Translate): string[] {
  return due === null ? [] : [`-# ${t('roundup.late', { when: timestamp(due, 'f') })}`]
}

function sections({ rows }: RoundupPage, measure: Measure, t: Translate): string[] {
  const headed = (section: 'several' | 'newest', heading: string): string[] => {
    const own = rows.filter((one) => (one.section === 'more' ? 'newest' : one.section) === section)
    return own.length > 0 ? ['', `**${heading}**`, ...own.map((one) => rowLine(one, measure, t))] : []
  }
  if (rows.length === 0) return ['', t('roundup.nothingLeft')]
  return [...headed('several', t('roundup.several')), ...headed('newest', t('roundup.newest'))]
}

/** A song; under it in small print who saved it, in order. */
function rowLine({ song, savers }: RoundupRow, measure: Measure, t: Translate): string {
  const named = savers.slice(0, measure.named).map(({ person }) => person)
  const latest = Math.max(...savers.map(({ at }) => at))
  const more = [mentions(named, savers.length, t)]
  return writtenSong({ ...song, addedAt: latest }, t, { longest: measure, more })
}

function absent({ missing, missed }: RoundupPage, t: Translate): string[] {
  if (missing.length === 0) return []
  return ['', `-# ${t('roundup.missing', { people: mentions(missing, missed, t) })}`]
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
