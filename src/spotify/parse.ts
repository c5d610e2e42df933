import { z } from 'zod'
import { SpotifyDownError } from './errors.ts'

/** A saved song, reduced to what is shown. Text is as Spotify sent it: neutralise it before showing. */
export interface Song {
  /** Unique per track or local file; the key for telling songs apart. */
  readonly uri: string
  readonly title: string
  readonly artists: readonly string[]
  readonly album: string
  /** When it was liked, in milliseconds since the epoch; undefined where Spotify's date makes no sense. */
  readonly addedAt: number | undefined
  /** The page on open.spotify.com; undefined for local files and for songs that are gone or not available. */
  readonly url: string | undefined
  /** An https picture, undefined where there is none. */
  readonly cover: string | undefined
}

export interface SavedPage {
  readonly songs: readonly Song[]
  /** How many songs Spotify says there are: a hint, at least what this page proves. */
  readonly total: number
  readonly offset: number
}

export interface Profile {
  /** `account_id` where Spotify sends it, else `id`. */
  readonly id: string
  readonly name: string
}

// Far beyond any library, and within what a button's custom id can carry.
const mostSongs = 9_999_999
const day = 24 * 60 * 60 * 1000

const text = z.string().catch('')
const list = <Item extends z.ZodType>(item: Item) => z.array(item).catch([])

const track = z
  .object({
    id: z
      .string()
      .regex(/^[0-9A-Za-z]{22}$/)
      .nullable()
      .catch(null),
    uri: text,
    name: text,
    artists: list(z.object({ name: text }).nullable().catch(null)),
    album: z
      .object({ name: text, images: list(z.object({ url: text, width: z.number().nullable().catch(null) })) })
      .nullable()
      .catch(null),
    is_local: z.boolean().catch(false),
    is_playable: z.boolean().catch(true),
    restrictions: z.object({ reason: text }).nullish().catch(null),
  })
  .nullable()
  .catch(null)

const page = z.object({
  items: list(z.object({ added_at: text, track }).nullable().catch(null)),
  total: z.number().int().nonnegative().catch(0),
})

const longestName = 200
// A name of blanks and invisible characters would be no name.
const legible = /[[\p{L}\p{N}\p{P}\p{S}]--\p{DI}--\u2800]/v

const profile = z.object({
  id: z.string().min(1).max(200),
  account_id: z.string().min(1).max(200).optional().catch(undefined),
  display_name: z.string().regex(legible).nullable().catch(null),
})

/** An answer of `GET /me/tracks`, read leniently: odd items keep their place, so that offsets stay true. */
export function parsePage(body: unknown, offset: number): SavedPage {
  const parsed = page.safeParse(body)
  if (!parsed.success) throw new SpotifyDownError('The answer to GET /me/tracks is not a page')
  const songs = parsed.data.items.map((item, index) => song(item, offset + index))
  const total = Math.min(parsed.data.total, mostSongs)
  return { songs, offset, total: Math.max(total, songs.length && offset + songs.length) }
}

/** An answer of `GET /me`. */
export function parseProfile(body: unknown): Profile {
  const parsed = profile.safeParse(body)
  if (!parsed.success) throw new SpotifyDownError('The answer to GET /me is not a profile')
  const { id, account_id: accountId, display_name: name } = parsed.data
  return {
    id: accountId ?? id,
    name: Array.from(name ?? id)
      .slice(0, longestName)
      .join(''),
  }
}

type Item = z.infer<typeof page>['items'][number]

function song(item: Item, position: number): Song {
  const found = item?.track
  const addedAt = likedAt(item?.added_at ?? '')
  if (!found)
    return { uri: `missing:${position}`, title: '', artists: [], album: '', addedAt, url: undefined, cover: undefined }
  const playable = found.is_playable && !found.restrictions && !found.is_local
  return {
    uri: found.uri || `missing:${position}`,
    title: found.name,
    artists: found.artists.flatMap((artist) => artist?.name || []),
    album: found.album?.name ?? '',
    addedAt,
    url: playable && found.id ? `https://open.spotify.com/track/${found.id}` : undefined,
    cover: cover(found.album?.images ?? []),
  }
}

function cover(images: readonly { url: string; width: number | null }[]): string | undefined {
  const usable = images.map(({ url, width }) => ({ url: picture(url), width })).filter(({ url }) => url !== undefined)
  // The smallest that is still sharp as a thumbnail; Spotify lists the widest first.
  const sharp = usable.filter(({ width }) => (width ?? 0) >= 300)
  return (sharp.at(-1) ?? usable[0])?.url
}

function picture(address: string): string | undefined {
  const url = URL.parse(address)
  return url && /^https?:$/.test(url.protocol) && url.href.length <= 500 ? url.href : undefined
}

function likedAt(date: string): number | undefined {
  const time = Date.parse(date)
  // Spotify began in 2006 and nobody likes a song tomorrow: other dates are placeholders or mistakes.
  return time >= Date.UTC(2006, 0) && time <= Date.now() + day ? time : undefined
}
