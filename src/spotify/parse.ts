import { z } from 'zod'
import { SpotifyDownError } from './errors.ts'

/** A saved song, reduced to what is shown. Text is as Spotify sent it: sanitize it before showing. */
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
  /** Whether Spotify marks it as explicit; undefined where that is not known. */
  readonly explicit?: boolean | undefined
}

export interface SavedPage {
  readonly songs: readonly Song[]
  /** How many songs Spotify says there are: a hint, at least what this page proves. */
  readonly total: number
  readonly offset: number
}

// Far beyond any library, and within what a button's custom id can carry.
const mostSongs = 9_999_999
const day = 24 * 60 * 60 * 1000
const trackId = /^[0-9A-Za-z]{22}$/

const longestName = 200
// A name of blanks and invisible characters would be no name.
const legible = /[[\p{L}\p{N}\p{P}\p{S}]--\p{DI}--\u2800]/v

const profile = z
  .object({
    id: z.string().min(1).max(200),
    account_id: z.string().min(1).max(200).optional().catch(undefined),
    display_name: z.string().regex(legible).nullable().catch(null),
  })
  .transform(({ id, account_id: accountId, display_name: name }) => {
    const characters = Array.from(name ?? id)
    return { id, accountId, name: characters.slice(0, longestName).join('') }
  })

/**
 * An answer of `GET /me/tracks` for `limit` songs, read leniently: odd items keep their place, so that offsets stay
 * true. What is no page, says that it is another one, or is empty where songs should be, is refused: nobody may take it
 * for an empty library. There may be fewer songs than `unsent` says there should be.
 * By hand, since libraries are long: a schema took twice the time that JSON.parse does.
 */
export function parsePage(json: Buffer, offset: number, limit: number): SavedPage {
  const { value, decode } = readRaw(json)
  const { items, limit: given, offset: at = offset, total: said, next } = object(value)
  const total = Number.isSafeInteger(said) ? Math.min(Number(said), mostSongs) : -1
  // Songs that are there are songs, whatever is missing around them; that there are none has to be said in full.
  const isSaid = given === limit && total >= 0 && total <= offset && !(total === 0 && typeof next === 'string')
  const hasSongs = list(items).some(isObject) && (given === limit || given === undefined)
  const isOther = Number.isSafeInteger(at) && at !== offset
  if (!Array.isArray(items) || isOther || !(hasSongs || (items.length === 0 && isSaid)))
    throw new SpotifyDownError('The answer to GET /me/tracks is not a page')
  const songs = items.map((item, index) => song(object(item), offset + index, decode))
  return { songs, offset, total: Math.max(total, songs.length && offset + songs.length) }
}

/** An answer of `GET /me`. */
export function parseProfile(body: unknown) {
  const { data } = profile.safeParse(body)
  if (!data) throw new SpotifyDownError('The answer to GET /me is not a profile')
  return data
}

type Fields = Readonly<Record<string, unknown>>

function song(item: Fields, position: number, decode: Decode): Song {
  const track = object(item['track'])
  const addedAt = likedAt(text(item['added_at']))
  if (track === nothing) return missingSong(position, addedAt)
  const album = object(track['album'])
  const id = text(track['id'])
  const uri = decode(text(track['uri'])) || `missing:${position}`
  const playable = track['is_playable'] !== false && !isObject(track['restrictions']) && track['is_local'] !== true
  // Episodes of podcasts stand among the saved songs of some people.
  const isTrack = uri.startsWith('spotify:track:')
  return {
    uri,
    title: decode(text(track['name'])),
    artists: list(track['artists']).flatMap((artist) => decode(text(object(artist)['name'])) || []),
    album: decode(text(album['name'])),
    addedAt,
    url: playable && isTrack && trackId.test(id) ? `https://open.spotify.com/track/${id}` : undefined,
    cover: cover(list(album['images']).map(object), decode),
    explicit: track['explicit'] === true,
  }
}

/** What keeps the place of a song that is not there. */
function missingSong(position: number, addedAt?: number): Song {
  return {
    uri: `missing:${position}`,
    title: '',
    artists: [],
    album: '',
    addedAt,
    url: undefined,
    cover: undefined,
    explicit: false,
  }
}

/** The smallest that is still sharp as a thumbnail; Spotify lists the widest first. */
function cover(images: readonly Fields[], decode: Decode): string | undefined {
  const sharp = images.filter(({ width }) => typeof width === 'number' && width >= 300).toReversed()
  for (const { url } of [...sharp, ...images]) {
    const found = picture(decode(text(url)))
    if (found) return found
  }
  return undefined
}

function picture(address: string): string | undefined {
  if (address.length < 200 && usual.test(address)) return address
  const url = URL.parse(address)
  return url && ofHost.test(url.href) && url.href.length <= 500 ? url.href : undefined
}

// Where Spotify keeps its covers; anything else takes ten times as long to look at.
const usual = /^https:\/\/(?:[a-z]+\.)+[a-z]+\/image\/[\da-f]{40}$/
// Discord refuses a whole message over a picture at a host without a dot.
const ofHost = /^https?:\/\/[^/:@]+\.[^/:@]+/

function likedAt(date: string): number | undefined {
  // Date.parse makes a date of nearly everything, and March of 30 February.
  const [, dayOfMonth] = utc.exec(date) ?? []
  const time = dayOfMonth ? Date.parse(date) : NaN
  if (new Date(time).getUTCDate() !== Number(dayOfMonth)) return undefined
  // Spotify began in 2006 and nobody likes a song tomorrow: other dates are placeholders or mistakes.
  return time >= Date.UTC(2006, 0) && time <= Date.now() + day ? time : undefined
}

const utc = /^\d{4}-\d\d-(\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?Z$/

const nothing: Fields = {}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function object(value: unknown): Fields {
  return isObject(value) ? value : nothing
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Makes a piece of text readable that was parsed as bytes. */
type Decode = (text: string) => string

/**
 * Reads JSON of which most is never looked at: every byte of its UTF-8 is taken for a character, which is parsed in
 * half the time, and `decode` makes the pieces readable that are wanted. Where characters are written as escapes,
 * those could not be told from bytes, and it is decoded whole.
 */
function readRaw(body: Buffer): { readonly value: unknown; readonly decode: Decode } {
  try {
    const latin1 = body.toString('latin1')
    if (latin1.includes('\\u')) return { value: JSON.parse(body.toString()), decode: (text) => text }
    return { value: JSON.parse(latin1), decode }
  } catch {
    // Not with the cause, which quotes the text.
    throw new SpotifyDownError('The answer to GET /me/tracks is not JSON')
  }
}

function decode(text: string): string {
  return beyondAscii.test(text) ? Buffer.from(text, 'latin1').toString() : text
}

const beyondAscii = /[\x80-\xff]/
