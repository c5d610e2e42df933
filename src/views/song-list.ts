import { count, songLine, timestamp } from './song.ts'
import type { APIEmbed, APIEmbedAuthor } from 'discord.js'
import type { DatePage, FoundPage, LikedPage, SearchProgress } from '../library/library.ts'
import { plainText, sanitize } from './sanitize.ts'
import type { MessageBody } from '../command.ts'
import { pageButtons, type ListId } from './pagination.ts'
import type { NamedDateRange } from './dates.ts'
import { saveButton, saveSelect } from './save-track.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row } from './components.ts'
import { encodePageId } from './page-id.ts'

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
function songPage(page: LikedPage, look: ListLook): APIEmbed {
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

/** Where a list of songs is shown, and to whom. */
export interface ListContext {
  readonly list: ListId
  readonly author: APIEmbedAuthor | undefined
  /** Only the viewer sees it. */
  readonly ephemeral: boolean
  /** Whether somebody may see it who has not saved these songs. */
  readonly toOthers: boolean
}

type Progress = Pick<SearchProgress, 'read' | 'total' | 'until'>

const noneLiked = 'No liked songs yet. Tap the plus next to a song in Spotify, and it shows up here.'

/** A page of all liked songs. */
export function likedList(page: LikedPage, showing: ListContext, head?: string): MessageBody {
  return body(page, showing, { author: showing.author, unit: 'liked song', empty: noneLiked, head })
}

/** A page of what a search has found. */
export function foundList(page: FoundPage, showing: ListContext): MessageBody {
  const words = sanitize(showing.list.query ?? '', 100)
  return body(page, showing, {
    author: showing.author,
    unit: 'hit',
    head: `Liked songs with “${words}”`,
    empty: 'Nothing that was liked has these words in its title, artists or album.',
    numbers: page.numbers,
  })
}

/** The page of a time, honest about times without likes. */
export function dateList(page: DatePage, showing: ListContext, { name }: NamedDateRange): MessageBody {
  const heads = {
    in: `What was liked in ${name}, and before`,
    nearest: `Nothing was liked in ${name}. This is what came before it.`,
    'before-first': `Nothing had been liked by ${name} yet. These are the first ones.`,
    'after-last': `Nothing has been liked since ${name}. These are the latest.`,
  }
  return likedList(page, showing, page.total > 0 ? heads[page.found] : undefined)
}

/** While a whole library is being read. */
export function readingLine({ read, total, until }: Progress, whose: 'your' | 'the'): string {
  const waiting = until === undefined ? '' : ` Spotify asks us to wait until <t:${Math.ceil(until / 1000)}:R>.`
  return `Reading ${whose} library${total > 0 ? `, ${count(read)} of ${count(total)} songs` : ''}.${waiting}`
}

function body(page: LikedPage, { list, ephemeral: isPrivate, toOthers }: ListContext, look: ListLook): MessageBody {
  const save = toOthers ? saveSelect(page.songs) : []
  return { embeds: [songPage(page, look)], components: [...pageButtons(page, list, isPrivate), ...save] }
}

/** One song out of somebody's library, with "Another". */
export function oneSong(
  { song, number, total }: { readonly song: Song; readonly number: number; readonly total: number },
  owner: { readonly id: string; readonly author: APIEmbedAuthor | undefined },
): MessageBody {
  const another = encodePageId({ owner: owner.id, offset: 0, anchor: undefined, market: undefined, action: 'another' })
  const open = song.url ? [linkButton('OPEN SPOTIFY', song.url)] : []
  return {
    embeds: [embed(song, number, total, owner.author)],
    components: [row(button('Another', another, { style: 'primary' }), ...saveButton(song), ...open)],
  }
}

function embed(song: Song, number: number, total: number, author: APIEmbedAuthor | undefined): APIEmbed {
  const album = sanitize(song.album, 120)
  return {
    color: accent,
    ...(author && { author }),
    description: [`**${count(number)}.** ${songLine(song)}`, ...(album ? [`from ${album}`] : [])].join('\n'),
    ...(song.cover && { thumbnail: { url: song.cover } }),
    footer: { text: `One of ${count(total)} liked songs · Spotify` },
  }
}
