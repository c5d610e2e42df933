import type { APIEmbed } from 'discord.js'
import type { LikedPage } from '../../library/library.ts'
import type { Song } from '../../spotify/parse.ts'
import { neutralise, plain } from './neutralise.ts'

const titleLength = 120
const artistsLength = 90
const accent = 0x0f6f7d

/** A page of liked songs as one embed, within Discord's limits whatever Spotify sent. */
export function songPage(page: LikedPage, owner: { readonly name: string; readonly avatarUrl: string }): APIEmbed {
  const cover = page.songs.find((song) => song.cover)?.cover
  return {
    color: accent,
    author: { name: `${plain(owner.name, 80) || 'Somebody'}: liked songs`, icon_url: owner.avatarUrl },
    description: [...lines(page), ...notes(page)].join('\n'),
    ...(cover && { thumbnail: { url: cover } }),
    footer: { text: footer(page) },
  }
}

function lines({ songs, total, from }: LikedPage): string[] {
  if (total === 0) return ['No liked songs yet. Tap the plus next to a song in Spotify, and it shows up here.']
  if (songs.length === 0) return ['Spotify sent no songs for this page.']
  return songs.map((song, index) => `**${count(total - from - index)}.** ${line(song)}`)
}

function line(song: Song): string {
  const title =
    neutralise(song.title, titleLength) || (song.uri.startsWith('missing:') ? 'Unavailable song' : 'Untitled song')
  const artists = neutralise(song.artists.join(', '), artistsLength)
  return [
    song.url ? `[${title}](${song.url})` : title,
    artists && ` - ${artists}`,
    song.addedAt !== undefined && ` · <t:${Math.floor(song.addedAt / 1000)}:R>`,
    !song.url && ` · ${song.uri.startsWith('spotify:local:') ? 'local file' : 'not available'}`,
  ]
    .filter(Boolean)
    .join('')
}

function notes({ asOf }: LikedPage): string[] {
  return asOf === undefined ? [] : ['', `-# As of <t:${Math.floor(asOf / 1000)}:R>. Spotify cannot be asked right now.`]
}

function footer({ page, pages, total, newer }: LikedPage): string {
  const songs = `${count(total)} liked ${total === 1 ? 'song' : 'songs'}`
  const news = newer > 0 ? [`${count(newer)} newer ${newer === 1 ? 'song' : 'songs'}`] : []
  return [`Page ${count(page)} of ${count(pages)}`, songs, ...news, 'Spotify'].join(' · ')
}

function count(number: number): string {
  return number.toLocaleString('en-US')
}
