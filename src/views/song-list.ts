import { timestamp } from './moment.ts'
import type { APIEmbed, APIEmbedAuthor } from 'discord-api-types/v10'
import type { LikedPage } from '../library/library.ts'
import { plainText } from './sanitize.ts'
import { count, songLine } from './song.ts'

/** Beside every embed of ours. */
export const accent = 0x0f6f7d

/** What a list is of, and what stands in it besides the songs. */
export interface ListLook {
  readonly author: APIEmbedAuthor | undefined
  /** What its footer counts, in the singular: "liked song". */
  readonly unit: string
  /** Instead of songs where there are none. */
  readonly empty: string
  /** A line above the songs. */
  readonly head?: string | undefined
  /** The number of each song, where they do not simply run down from the total. */
  readonly numbers?: readonly number[]
}

/** A page of songs as one embed, within Discord's limits whatever Spotify sent. */
export function songPage(page: LikedPage, look: ListLook): APIEmbed {
  const cover = page.songs.find((song) => song.cover)?.cover
  return {
    color: accent,
    ...(look.author && { author: look.author }),
    description: [...(look.head ? [look.head, ''] : []), ...lines(page, look), ...notes(page)].join('\n'),
    ...(cover && { thumbnail: { url: cover } }),
    footer: { text: footer(page, look.unit) },
  }
}

/** The line at the top of a message with somebody's songs. */
export function authorLine(person: { readonly displayName: string; displayAvatarURL(): string }): APIEmbedAuthor {
  return { name: plainText(person.displayName, 80) + authorEnd, icon_url: person.displayAvatarURL() }
}

/** Whose name stands in such a line. */
export function nameIn(author: APIEmbedAuthor | undefined): string {
  return author?.name.endsWith(authorEnd) ? author.name.slice(0, -authorEnd.length) : ''
}

const authorEnd = ': liked songs'

function lines({ songs, total, from }: LikedPage, { empty, numbers }: ListLook): string[] {
  if (total === 0) return [empty]
  if (songs.length === 0) return ['Spotify sent no songs for this page.']
  return songs.map((song, index) => `**${count(numbers?.[index] ?? total - from - index)}.** ${songLine(song)}`)
}

function notes({ asOf }: LikedPage): string[] {
  return asOf === undefined ? [] : ['', `-# As of ${timestamp(asOf, 'R')}. Spotify cannot be asked right now.`]
}

function footer({ page, pages, total, newer }: LikedPage, unit: string): string {
  const songs = `${count(total)} ${unit}${total === 1 ? '' : 's'}`
  const news = newer > 0 ? [`${count(newer)} newer ${newer === 1 ? 'song' : 'songs'}`] : []
  return [`Page ${count(page)} of ${count(pages)}`, songs, ...news, 'Spotify'].join(' · ')
}
