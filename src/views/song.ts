import type { Song } from '../spotify/parse.ts'
import { plainText, sanitize } from './sanitize.ts'

const titleLength = 120
const lengths = { title: titleLength, artists: 90 }

// A page in hand is shown again and again, and songs never change.
const lines = new WeakMap<Line, string>()

type Line = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'addedAt'>

/** The most of each, in UTF-16 units. */
interface Lengths {
  readonly title: number
  readonly artists: number
}

/** A song on one line: title with its link where it has one, artists, when it was liked, what is special about it. */
export function songLine(song: Line, longest?: Lengths): string {
  if (longest) return writtenLine(song, longest)
  const known = lines.get(song)
  if (known !== undefined) return known
  const line = writtenLine(song, lengths)
  lines.set(song, line)
  return line
}

function writtenLine(song: Line, longest: Lengths): string {
  const title = sanitize(titleOf(song), longest.title)
  const artists = sanitize(song.artists.join(', '), longest.artists)
  return [
    song.url ? `[${title}](${song.url})` : title,
    artists && ` - ${artists}`,
    song.addedAt !== undefined && ` · ${timestamp(song.addedAt, 'R')}`,
    !song.url && ` · ${song.uri.startsWith('spotify:local:') ? 'local file' : 'not available'}`,
  ]
    .filter(Boolean)
    .join('')
}

/** A song where there is no markdown: title and artists in at most `max` characters. */
export function plainSong(song: Pick<Song, 'title' | 'artists' | 'uri'>, max: number): string {
  return plainText([titleOf(song), song.artists.join(', ')].filter(Boolean).join(' - '), max)
}

/** A whole number from 0 on, with commas. */
export function count(number: number): string {
  return number < 1000 ? String(number) : `${count(Math.floor(number / 1000))},${String(number).slice(-3)}`
}

function titleOf({ title, uri }: Pick<Song, 'title' | 'uri'>): string {
  if (plainText(title, titleLength)) return title
  return uri.startsWith('missing:') ? 'Unavailable song' : 'Untitled song'
}

/** A time in milliseconds as every reader sees it in their own zone and language; the style is one of Discord's letters. */
export function timestamp(time: number, style: 'R' | 'D' | 'F' | 'f'): string {
  return `<t:${Math.floor(time / 1000)}:${style}>`
}
