import type { APIEmbed } from 'discord.js'
import type { MessageBody } from '../command.ts'
import type { RoundupPage, RoundupRow } from '../roundups/roundups.ts'
import { button, row } from './components.ts'
import { turnButtons } from './pagination.ts'
import { encodeRoundupId, inviteId } from './roundup-id.ts'
import { saveSelect } from './save-track.ts'
import { accent } from './song-list.ts'
import { count, timestamp, writtenSong } from './song.ts'

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
export function roundupPage(roundup: RoundupPage): MessageBody {
  const { id, page, pages, rows, members } = roundup
  const lastRow = row(button('Take part', `${inviteId}${id}`))
  if (rows.length === 0 && pages === 1) {
    const lines = [...quiet(roundup), ...late(roundup), ...absent(roundup)]
    return { content: lines.filter(Boolean).join('\n'), components: [lastRow] }
  }
  // Pictures as Spotify has them; Discord shows up to four of one address as a gallery.
  const covers = [...new Set(rows.flatMap(({ song }) => song.cover ?? []))].slice(0, 4)
  const [image, ...others] = covers.map((url) => ({ url }))
  const embed: APIEmbed = {
    color: accent,
    url: spotify,
    description: description(roundup),
    ...(image && { image }),
    footer: { text: `Page ${page} of ${pages} · ${count(members)} taking part · Spotify` },
  }
  const targets = { first: 1, previous: Math.max(page - 1, 1), jump: page, next: page + 1, last: pages }
  const turning = turnButtons(roundup, (action) =>
    encodeRoundupId(id, targets[action], action, action === 'jump' ? pages : undefined),
  )
  return {
    embeds: [embed, ...others.map((other) => ({ url: spotify, image: other }))],
    components: [...turning, lastRow, ...saveSelect(rows.map(({ song }) => song))],
  }
}

function description(roundup: RoundupPage): string {
  const heading = `What was saved here ${days(roundup)}`
  const written = (measure: Measure): string =>
    [heading, ...late(roundup), ...sections(roundup, measure), ...absent(roundup)].join('\n')
  const texts = measures.map(written)
  return texts.find((text) => text.length <= longestDescription) ?? (texts.at(-1) ?? '').slice(0, longestDescription)
}

function days({ from, until }: RoundupPage): string {
  return `from ${timestamp(from, 'D')} to ${timestamp(until, 'D')}`
}

function late({ late: due }: RoundupPage): string[] {
  return due === null ? [] : [`-# This is late: it was due ${timestamp(due, 'f')}.`]
}

function sections({ rows }: RoundupPage, measure: Measure): string[] {
  const headed = (section: RoundupRow['section'], heading: string): string[] => {
    const own = rows.filter((one) => one.section === section)
    return own.length > 0 ? ['', `**${heading}**`, ...own.map((one) => rowLine(one, measure))] : []
  }
  if (rows.length === 0) return ['', 'Nothing is left on this page.']
  return [...headed('several', 'Saved by several'), ...headed('newest', 'The newest of each')]
}

/** A song; under it in small print who saved it, in order. */
function rowLine({ song, savers }: RoundupRow, measure: Measure): string {
  const named = savers.slice(0, measure.named).map(({ person }) => person)
  const latest = Math.max(...savers.map(({ at }) => at))
  return writtenSong({ ...song, addedAt: latest }, { longest: measure, more: [mentions(named, savers.length)] })
}

function absent({ missing, missed }: RoundupPage): string[] {
  if (missing.length === 0) return []
  return ['', `-# Spotify could not be asked for ${mentions(missing, missed)} this time.`]
}

/** Some of that many people. */
function mentions(people: readonly string[], total: number): string {
  const names = people.map((person) => `<@${person}>`).join(', ')
  return total > people.length ? `${names} and ${count(total - people.length)} more` : names
}

function quiet(roundup: RoundupPage): string[] {
  const { missed, members, isReduced } = roundup
  if (isReduced) return [`Nothing is left of what was saved here ${days(roundup)}.`]
  if (missed > 0 && missed >= members) return []
  if (missed > 0) return [`Nobody who could be asked saved a song ${days(roundup)}.`]
  return [`Nobody here saved a song ${days(roundup)}. Quiet times happen.`]
}
