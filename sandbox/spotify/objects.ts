import { base62, generator, hashOf } from '../songs/random.ts'
import type { Saved, Song, SpotifyAccount } from './spotify.ts'

const site = 'https://open.spotify.com'
const coverSizes = [640, 300, 64]

/** The track of each song as JSON, for one place and market: libraries are read over and over, and this takes longest. */
const texts = new WeakMap<Song, { readonly origin: string; readonly market: boolean; readonly text: string }>()

/** An item of /me/tracks, as JSON. Whether a song can be played is told only when a market was asked for. */
export function savedTrack({ song, addedAt }: Saved, origin: string, market: boolean): string {
  const added = new Date(addedAt).toISOString().replace(/\.\d+Z$/, 'Z')
  return `{"added_at":"${added}","track":${song && trackText(song, origin, market)}}`
}

function trackText(song: Song, origin: string, market: boolean): string {
  const known = texts.get(song)
  if (known?.origin === origin && known.market === market) return known.text
  const text = JSON.stringify(itemOf(song, origin, market))
  texts.set(song, { origin, market, text })
  return text
}

function itemOf(song: Song, origin: string, market: boolean) {
  if (song.local) return localTrack(song)
  return song.episode
    ? { ...track(song, origin, market), ...reference('episode', song.id, origin), episode: true, track: false }
    : track(song, origin, market)
}

/** GET /me without any scope, in development mode. */
export function profile(account: SpotifyAccount, origin: string) {
  return {
    account_id: idOf('account', account.id),
    display_name: account.name,
    ...reference('user', account.id, origin),
    images: [{ height: 300, url: `${origin}/covers/${encodeURIComponent(account.id)}.svg?size=300`, width: 300 }],
  }
}

function track(song: Song, origin: string, market: boolean) {
  const chance = generator(hashOf(song.id))
  const isExplicit = chance() < 0.08
  const artists = song.artists.map((name) => artist(name, origin))
  return {
    album: album(song, origin),
    artists,
    disc_number: 1,
    duration_ms: song.durationMs,
    explicit: song.explicit ?? isExplicit,
    external_ids: {
      isrc: `QZ${base62(chance, 3).toUpperCase()}${String(Math.floor(chance() * 1e7)).padStart(7, '0')}`,
    },
    ...reference('track', song.id, origin),
    is_local: false,
    ...(market && { is_playable: song.playable !== false }),
    ...(market && song.playable === false && { restrictions: { reason: 'market' } }),
    name: song.title,
    preview_url: null,
    track_number: 1 + Math.floor(chance() * 12),
  }
}

function album(song: Song, origin: string) {
  const owner = song.artists[0] ?? ''
  const chance = generator(hashOf(`${owner} ${song.album}`))
  const day = new Date(
    Date.UTC(1975 + Math.floor(chance() * 34), Math.floor(chance() * 12), 1 + Math.floor(chance() * 28)),
  )
  const isAddress = song.cover.startsWith('https:')
  const cover = (size: number) =>
    isAddress ? song.cover : `${origin}/covers/${encodeURIComponent(song.cover)}.svg?size=${size}`
  return {
    album_type: 'album',
    artists: song.artists.slice(0, 1).map((name) => artist(name, origin)),
    ...reference('album', idOf('album', `${owner} ${song.album}`), origin),
    images: song.cover ? coverSizes.map((size) => ({ height: size, url: cover(size), width: size })) : [],
    name: song.album,
    release_date: day.toISOString().slice(0, 10),
    release_date_precision: 'day',
    total_tracks: 10 + Math.floor(chance() * 4),
  }
}

function artist(name: string, origin: string) {
  return { ...reference('artist', idOf('artist', name), origin), name }
}

function localTrack(song: Song) {
  const encoded = [song.artists[0] ?? '', song.album, song.title].map((text) =>
    encodeURIComponent(text).replace(/%20/g, '+'),
  )
  const nowhere = { external_urls: {}, href: null, id: null }
  const nameless = { album_type: null, artists: [], images: [], release_date: null, release_date_precision: null }
  return {
    album: { ...nameless, ...nowhere, name: song.album, type: 'album', uri: null },
    artists: song.artists.map((name) => ({ ...nowhere, name, type: 'artist', uri: null })),
    disc_number: 0,
    duration_ms: song.durationMs,
    explicit: false,
    external_ids: {},
    ...nowhere,
    is_local: true,
    name: song.title,
    preview_url: null,
    track_number: 0,
    type: 'track',
    uri: `spotify:local:${encoded.join(':')}:${Math.round(song.durationMs / 1000)}`,
  }
}

function reference(type: string, id: string, origin: string) {
  const href = `${origin}/v1/${type}s/${id}`
  return { external_urls: { spotify: `${site}/${type}/${id}` }, href, id, type, uri: `spotify:${type}:${id}` }
}

function idOf(kind: string, name: string): string {
  return base62(generator(hashOf(`${kind} ${name}`)))
}
