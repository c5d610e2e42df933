import type { APIEmbed, Embed } from 'discord.js'
import type { Translate } from '../i18n.ts'
import { plainText } from './sanitize.ts'
import { trackName } from './save-track.ts'
import { accent } from './song-list.ts'
import { plainSong, writtenSong } from './song.ts'
import type { LinkedTrack } from './track-links.ts'

/** Of what one embed shows; as many are a set by Spotify's terms. */
const mostRows = 20
/** What Discord takes in an embed and in all of a message, with some room. */
const roomInEmbed = 4_000
const roomInAll = 5_700
/** What a row has besides title, artists and the word behind them: its number, the address and the marks around. */
const frame = 74

export const addressOf = ({ id }: Pick<LinkedTrack, 'id'>): string => `https://open.spotify.com/track/${id}`

/** Up to forty songs, numbered from 1, each with a link, and with its name where that is known. */
export function songEmbeds(
  tracks: readonly LinkedTrack[],
  t: Translate,
  isLiked: (track: LinkedTrack) => boolean = () => false,
): APIEmbed[] {
  const mark = t('songs.liked')
  const perEmbed = Math.min(tracks.length, mostRows)
  const room = Math.min(roomInAll / tracks.length, roomInEmbed / perEmbed) - frame - mark.length
  const longest = { title: Math.min(Math.floor(room * 0.6), 120), artists: Math.min(Math.floor(room * 0.4), 90) }
  const rows = tracks.map((track, index) => {
    const more = isLiked(track) ? [mark] : []
    const url = addressOf(track)
    const song = { ...songOf(track), url, addedAt: undefined }
    const written = isNamed(track) ? writtenSong(song, t, { longest, more }) : [url, ...more].join('\n-# ')
    return `**${index + 1}.** ${written}`
  })
  const footer = { text: 'Spotify' }
  const parts = Array.from({ length: Math.ceil(rows.length / mostRows) }, (_, part) =>
    rows.slice(part * mostRows, (part + 1) * mostRows).join('\n'),
  )
  return parts.map((description, part) => ({
    color: accent,
    description,
    ...(part === parts.length - 1 && { footer }),
  }))
}

// The address at the end of a row, whatever the title holds.
const shownRow = /^\*\*\d+\.\*\* (?:\u2068?\[.*\]\()?https:\/\/open\.spotify\.com\/track\/([\dA-Za-z]{22})\)?\u2069?$/gm

/** The ids of the songs in such embeds. */
export function idsShown(embeds: readonly Pick<Embed, 'data'>[]): string[] {
  return embeds.flatMap(({ data }) => [...String(data.description).matchAll(shownRow)].map(([, id = '']) => id))
}

/** One of them where there is no markdown. */
export function plainTrack(track: LinkedTrack, t: Translate, max: number): string {
  return isNamed(track) ? plainSong(songOf(track), t, max) : addressOf(track).replace('https://', '')
}

/** What is said of them in a sentence: the only one by its name. */
export function tracksName(tracks: readonly LinkedTrack[], t: Translate): string {
  const [only] = tracks.length === 1 ? tracks : []
  return only ? trackName({ save: only.id, title: only.title }, t) : t('songs.these', { count: tracks.length })
}

function isNamed({ title = '' }: LinkedTrack): boolean {
  return plainText(title, 100) !== ''
}

function songOf(track: LinkedTrack) {
  const { title = '', artists } = track
  return { uri: `spotify:track:${track.id}`, title, artists: artists ? [artists] : [] }
}
