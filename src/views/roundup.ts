import { count, songLine, timestamp } from './song.ts'
import type { APIActionRowComponent, APIComponentInMessageActionRow, APIEmbed } from 'discord.js'
import type { Progress, RoundupPage, RoundupRow } from '../roundups/roundups.ts'
import type { MessageBody } from '../command.ts'
import { button, linkButton, row } from './components.ts'
import { encodeJoinId, encodeRoundupId, type RoundupId } from './roundup-id.ts'
import { saveSelect } from './save-track.ts'
import { accent } from './song-list.ts'

const spotify = 'https://open.spotify.com'
const mostCovers = 4
const longestDescription = 4096
/** How much of each row is said: as much as a page has room for. */
const measures = [
  { named: 5, title: 120, artists: 90 },
  { named: 3, title: 80, artists: 50 },
  { named: 2, title: 50, artists: 30 },
]
type Measure = (typeof measures)[number]

/** A page of what a server's members have saved, within Discord's limits. */
export function roundupPage(sheet: RoundupPage): MessageBody {
  if (sheet.rows.length === 0 && sheet.pages === 1) return quiet(sheet)
  return {
    embeds: [
      songs(sheet),
      ...covers(sheet)
        .slice(1)
        .map((image) => ({ url: spotify, image })),
    ],
    components: [turning(sheet), standing(sheet), ...saveSelect(sheet.rows.map(({ song }) => song))],
  }
}

/** While members are being asked. */
export function collectingLine({ done, of }: Progress): string {
  return `Collecting what was saved: ${count(done)} of ${count(of)} ${of === 1 ? 'member' : 'members'}.`
}

/** A song and who saved it, in order. */
function rowLine({ song, savers }: RoundupRow, measure: Measure): string {
  const named = savers.slice(0, measure.named).map(({ person }) => `<@${person}>`)
  const more = savers.length - named.length
  const who = more > 0 ? `${named.join(', ')} and ${count(more)} more` : named.join(', ')
  const latest = Math.max(...savers.map(({ at }) => at))
  return `${songLine({ ...song, addedAt: undefined }, measure)} · ${who} · ${timestamp(latest, 'R')}`
}

function songs(sheet: RoundupPage): APIEmbed {
  const [cover] = covers(sheet)
  return {
    color: accent,
    url: spotify,
    description: description(sheet),
    ...(cover && { image: cover }),
    footer: {
      text: `Page ${sheet.page} of ${sheet.pages} · ${count(sheet.members)} taking part · Spotify`,
    },
  }
}

function description(sheet: RoundupPage): string {
  const written = (measure: Measure): string =>
    [span(sheet), ...late(sheet), ...sections(sheet, measure), ...absent(sheet)].join('\n')
  const texts = measures.map(written)
  return texts.find((text) => text.length <= longestDescription) ?? (texts.at(-1) ?? '').slice(0, longestDescription)
}

function span({ from, until }: RoundupPage): string {
  return `What was saved here from ${timestamp(from, 'D')} to ${timestamp(until, 'D')}`
}

function late(sheet: RoundupPage): string[] {
  return sheet.late === null ? [] : [`-# This is late: it was due ${timestamp(sheet.late, 'f')}.`]
}

function sections({ rows }: RoundupPage, measure: Measure): string[] {
  const headed = (section: RoundupRow['section'], head: string): string[] => {
    const own = rows.filter((one) => one.section === section)
    return own.length > 0 ? ['', `**${head}**`, ...own.map((one) => rowLine(one, measure))] : []
  }
  if (rows.length === 0) return ['', 'Nothing is left on this page.']
  return [...headed('several', 'Saved by several'), ...headed('newest', 'The newest of each')]
}

function absent({ missing, missed }: Pick<RoundupPage, 'missing' | 'missed'>): string[] {
  if (missing.length === 0) return []
  const more = missed - missing.length
  const names = missing.map((person) => `<@${person}>`).join(', ')
  return ['', `-# Spotify could not be asked for ${names}${more > 0 ? ` and ${count(more)} more` : ''} this time.`]
}

/** Pictures as Spotify has them; Discord shows up to four of one address as a gallery. */
function covers({ rows }: RoundupPage): { url: string }[] {
  const urls = new Set(rows.flatMap(({ song }) => song.cover ?? []))
  return [...urls].slice(0, mostCovers).map((url) => ({ url }))
}

function quiet(sheet: RoundupPage): MessageBody {
  const lines = [...silence(sheet), ...late(sheet), ...absent(sheet)]
  return { content: lines.filter(Boolean).join('\n'), components: [standing(sheet)] }
}

function silence({ from, until, missed, members }: RoundupPage): string[] {
  if (missed > 0 && missed >= members) return []
  const days = `from ${timestamp(from, 'D')} to ${timestamp(until, 'D')}`
  if (missed > 0) return [`Nobody who could be asked saved a song ${days}.`]
  return [`Nobody here saved a song ${days}. Quiet times happen.`]
}

type ActionRow = APIActionRowComponent<APIComponentInMessageActionRow>

function turning({ id, page, pages }: RoundupPage): ActionRow {
  const to = (action: RoundupId['action'], where: number): string => encodeRoundupId({ id, page: where, action })
  return row(
    button('First', to('first', 1), { disabled: page === 1 }),
    button('Previous', to('previous', Math.max(page - 1, 1)), { disabled: page === 1 }),
    button(`${page} / ${pages}`, to('jump', page), { disabled: pages === 1 }),
    button('Next', to('next', Math.min(page + 1, pages)), { disabled: page === pages, style: 'primary' }),
    button('Last', to('last', pages), { disabled: page === pages }),
  )
}

function standing({ id }: RoundupPage): ActionRow {
  return row(button('Take part', encodeJoinId(id)), linkButton('OPEN SPOTIFY', spotify))
}
