import type { Song } from '../spotify/parse.ts'
import { plainText, sanitize } from './sanitize.ts'

/** The most of each, in UTF-16 units. */
const usual = { title: 120, artists: 90 }

type Line = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'addedAt'>

/** A song on one line: title with its link where it has one, artists, when it was liked, what is special about it. */
export const songLine = oncePerSong((song: Line) => writtenLine(song))

/** The same, within those lengths. */
export function writtenLine(song: Line, longest = usual): string {
  const title = sanitize(titleOf(song), longest.title)
  const artists = sanitize(song.artists.join(', '), longest.artists)
  // A string that is joined is quicker to put into others than one that is added up.
  return [
    song.url ? `[${title}](${song.url})` : title,
    artists && ` - ${artists}`,
    song.addedAt !== undefined && ` · ${timestamp(song.addedAt, 'R')}`,
    !song.url && ` · ${unlinked(song.uri)}`,
  ]
    .filter(Boolean)
    .join('')
}

/** Why a song has no link. */
function unlinked(uri: string): string {
  if (uri.startsWith('spotify:local:')) return 'local file'
  return uri.startsWith('spotify:episode:') ? 'podcast episode' : 'not available'
}

/** Cached pages are shown again and again, and songs never change: what is made of a song is made once. */
export function oncePerSong<Of extends object, Made>(make: (song: Of) => Made): (song: Of) => Made {
  const known = new WeakMap<Of, Made>()
  return (song) => {
    const made = known.get(song) ?? make(song)
    known.set(song, made)
    return made
  }
}

/** A song where there is no markdown: title and artists in at most `max` characters. */
export function plainSong(song: Pick<Song, 'title' | 'artists' | 'uri'>, max: number): string {
  return plainText([titleOf(song), song.artists.join(', ')].filter(Boolean).join(' - '), max)
}

/** A whole number from 0 on, with commas. */
export function count(number: number): string {
  return number < 1000 ? String(number) : `${count(Math.floor(number / 1000))},${String(number).slice(-3)}`
}

/** How many of something, by its name in the singular. */
export function counted(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`
}

function titleOf({ title, uri }: Pick<Song, 'title' | 'uri'>): string {
  if (plainText(title, usual.title)) return title
  return uri.startsWith('missing:') ? 'Unavailable song' : 'Untitled song'
}

/** A time in milliseconds as every reader sees it in their own zone and language; the style is one of Discord's letters. */
export function timestamp(time: number, style: 'R' | 'D' | 'F' | 'f'): string {
  return `<t:${Math.floor(time / 1000)}:${style}>`
}
