import type { Translate } from '../i18n.ts'
import type { Song } from '../spotify/parse.ts'
import { isolated, isRightToLeft, plainText, sanitize } from './sanitize.ts'

/** The most of each, in UTF-16 units. */
const usual = { title: 120, artists: 90 }
// With the time behind them they fill one line of a phone.
const shownArtists = 40

type Line = Pick<Song, 'uri' | 'title' | 'artists' | 'url' | 'addedAt'>

/**
 * A song on two lines: title with its link where it has one; then in small print artists, when it was liked, what is
 * special about it.
 */
export const songLines = oncePerSong((song: Line, t) => writtenSong(song, t))

interface Writing {
  readonly longest?: typeof usual
  readonly time?: 'R' | 'D' | undefined
  /** Where there is room for all of them. */
  readonly allArtists?: boolean
  /** Behind the artists. */
  readonly more?: readonly string[]
}

/** The same, as it is wanted. */
export function writtenSong(
  song: Line,
  t: Translate,
  { longest = usual, time = 'R', allArtists = false, more = [] }: Writing = {},
): string {
  const { url, uri, addedAt } = song
  const title = isolated(
    longest.title,
    (max) => sanitize(titleOf(song, t), max),
    (text) => (url ? `[${text}](${url})` : text),
  )
  const names = allArtists ? song.artists.join(', ') : shortArtists(song.artists, t)
  const artists = isolated(longest.artists, (max) => sanitize(names, max))
  const special = url ? '' : unlinked(uri, t)
  const small = [artists, ...more, addedAt === undefined ? '' : timestamp(addedAt, time), special].filter(Boolean)
  // A string that is joined is quicker to put into others than one that is added up.
  return [title, ...(small.length > 0 ? [`-# ${small.join(' · ')}`] : [])].join('\n')
}

/** As many whole names as a line has room for, and how many more there are; a single one that is longer is cut. */
function shortArtists(artists: readonly string[], t: Translate): string {
  const all = artists.join(', ')
  if (all.length <= shownArtists) return all
  const rest = t('song.artistsMore', { artists: '', count: artists.length })
  const fitting = artists.findIndex(
    (_, index) => artists.slice(0, index + 1).join(', ').length > shownArtists - rest.length,
  )
  const shown = plainText(artists.slice(0, Math.max(fitting, 1)).join(', '), shownArtists)
  const count = artists.length - Math.max(fitting, 1)
  return count > 0 ? t('song.artistsMore', { artists: shown, count }) : shown
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
  return plainPair(titleOf(song, t), song.artists.join(', '), max)
}

/** Two texts, such as title and artists, with a dot between them; each in its own direction. */
export function plainPair(one: string, other: string, max: number): string {
  const all = plainText([one, other].filter(Boolean).join(' · '), max)
  if (!isRightToLeft(all)) return all
  const first = isolated(max, (most) => plainText(one, most))
  const second = isolated(max - first.length - 3, (most) => plainText(other, most))
  return [first, second].filter(Boolean).join(' · ')
}

/** What its cover is called for those who do not see it. */
export function coverOf(song: Pick<Song, 'title' | 'artists'>, t: Translate): string {
  const [title, artists] = [song.title, song.artists.join(', ')].map((one) => plainText(one, 150))
  if (title && artists) return t('song.cover', { title, artists })
  return title || artists ? t('song.cover.title', { title: title || artists || '' }) : t('song.cover.unknown')
}

function titleOf(song: Pick<Song, 'title' | 'uri'>, t: Translate): string {
  if (plainText(song.title, usual.title)) return song.title
  return t(song.uri.startsWith('missing:') ? 'song.unavailable.title' : 'song.untitled')
}

/** A time in milliseconds as every reader sees it in their own zone and language; the style is one of Discord's letters. */
export function timestamp(time: number, style: 'R' | 'D' | 'F' | 'f'): string {
  return `<t:${Math.floor(time / 1000)}:${style}>`
}
