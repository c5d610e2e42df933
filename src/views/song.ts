import type { Translate } from '../i18n.ts'
import type { Song } from '../spotify/parse.ts'
import { plainText, sanitize } from './sanitize.ts'

/** The most of each, in UTF-16 units. */
const usual = { title: 120, artists: 90 }

type Line = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'addedAt'>

/** A song on one line: title with its link where it has one, artists, when it was liked, what is special about it. */
export const songLine = oncePerSong((song: Line, t) => writtenLine(song, t))

/** The same, within those lengths. */
export function writtenLine(song: Line, t: Translate, longest = usual): string {
  const title = sanitize(titleOf(song, t), longest.title)
  const artists = sanitize(song.artists.join(', '), longest.artists)
  // A string that is joined is quicker to put into others than one that is added up.
  return [
    song.url ? `[${title}](${song.url})` : title,
    artists && ` - ${artists}`,
    song.addedAt !== undefined && ` · ${timestamp(song.addedAt, 'R')}`,
    !song.url && ` · ${unlinked(song.uri, t)}`,
  ]
    .filter(Boolean)
    .join('')
}

/** Why a song has no link. */
function unlinked(uri: string, t: Translate): string {
  if (uri.startsWith('spotify:local:')) return t('song.local')
  return t(uri.startsWith('spotify:episode:') ? 'song.episode' : 'song.unavailable')
}

/** Cached pages are shown again and again, and songs never change: what is made of a song is made once a language. */
export function oncePerSong<Of extends object, Made>(make: (song: Of, t: Translate) => Made) {
  const languages = new Map<string, WeakMap<Of, Made>>()
  return (song: Of, t: Translate): Made => {
    const known = languages.get(t.locale) ?? new WeakMap<Of, Made>()
    const made = known.get(song) ?? make(song, t)
    languages.set(t.locale, known.set(song, made))
    return made
  }
}

/** A song where there is no markdown: title and artists in at most `max` characters. */
export function plainSong(song: Pick<Song, 'title' | 'artists' | 'uri'>, t: Translate, max: number): string {
  return plainText([titleOf(song, t), song.artists.join(', ')].filter(Boolean).join(' - '), max)
}

function titleOf({ title, uri }: Pick<Song, 'title' | 'uri'>, t: Translate): string {
  if (plainText(title, usual.title)) return title
  return t(uri.startsWith('missing:') ? 'song.unavailable.title' : 'song.untitled')
}

/** A time in milliseconds as every reader sees it in their own zone and language; the style is one of Discord's letters. */
export function timestamp(time: number, style: 'R' | 'D' | 'F' | 'f'): string {
  return `<t:${Math.floor(time / 1000)}:${style}>`
}
