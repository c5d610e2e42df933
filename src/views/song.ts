import type { Song } from '../spotify/parse.ts'
import { isolated, isRightToLeft, plainText, sanitize } from './sanitize.ts'

/** The most of each, in UTF-16 units. */
const usual = { title: 120, artists: 90 }

type Line = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'addedAt'>

/**
 * A song on two lines: title with its link where it has one; then in small print artists, when it was liked, what is
 * special about it.
 */
export const songLines = oncePerSong((song: Line) => writtenSong(song))

interface Writing {
  readonly longest?: typeof usual
  readonly time?: 'R' | 'D' | undefined
  /** Behind the artists. */
  readonly more?: readonly string[]
}

/** The same, as it is wanted. */
export function writtenSong(song: Line, { longest = usual, time = 'R', more = [] }: Writing = {}): string {
  const { url, uri, addedAt } = song
  const title = isolated(
    longest.title,
    (max) => sanitize(titleOf(song), max),
    (text) => (url ? `[${text}](${url})` : text),
  )
  const artists = isolated(longest.artists, (max) => sanitize(song.artists.join(', '), max))
  const special = url ? '' : unlinked(uri)
  const small = [artists, ...more, addedAt === undefined ? '' : timestamp(addedAt, time), special].filter(Boolean)
  // A string that is joined is quicker to put into others than one that is added up.
  return [title, ...(small.length > 0 ? [`-# ${small.join(' · ')}`] : [])].join('\n')
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
  return plainPair(titleOf(song), song.artists.join(', '), max)
}

/** Two texts, such as title and artists, with a dash between them; each in its own direction. */
export function plainPair(one: string, other: string, max: number): string {
  const all = plainText([one, other].filter(Boolean).join(' - '), max)
  if (!isRightToLeft(all)) return all
  const first = isolated(max, (most) => plainText(one, most))
  const second = isolated(max - first.length - 3, (most) => plainText(other, most))
  return [first, second].filter(Boolean).join(' - ')
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
