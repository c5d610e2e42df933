import type { APIEmbed, APIEmbedAuthor, Message } from 'discord.js'
import type { AccessRequest } from '../access.ts'
import type { Reply } from '../command.ts'
import type { App } from '../context.ts'
import type { LikedPage, PageRequest } from '../library/library.ts'
import type { NamedDateRange } from './dates.ts'
import type { Song } from '../spotify/parse.ts'
import { pageButtons, type ListId } from './pagination.ts'
import { plainText } from './sanitize.ts'
import { saveSelect } from './save-track.ts'
import { count, counted, songLine, timestamp } from './song.ts'

/** Beside every embed of ours. */
export const accent = 0x0f6f7d

const authorEnd = ': liked songs'

/** The author line of a message with somebody's songs. */
export function authorLine(person: { readonly displayName: string; displayAvatarURL(): string }): APIEmbedAuthor {
  return { name: plainText(person.displayName, 80) + authorEnd, icon_url: person.displayAvatarURL() }
}

/** That line of a message of ours, as far as it is one. */
export function authorIn(message: Message | null): APIEmbedAuthor | undefined {
  const { name, icon_url: icon }: Partial<Record<keyof APIEmbedAuthor, unknown>> = message?.embeds[0]?.data.author ?? {}
  return typeof name === 'string' ? { name, ...(typeof icon === 'string' && { icon_url: icon }) } : undefined
}

/** Whose name is in such a line. */
export function nameIn(author: APIEmbedAuthor | undefined): string {
  return author?.name.endsWith(authorEnd) ? author.name.slice(0, -authorEnd.length) : ''
}

/** Who looks at whose songs, and how the answer shows them. */
export interface ViewContext {
  readonly request: AccessRequest
  readonly author: APIEmbedAuthor | undefined
  /** Only the viewer sees it. */
  readonly ephemeral: boolean
}

/** A message with songs. */
export type Answer = Extract<Reply, { kind: 'message' }>

/** The newest songs, asked for anew. */
export async function newestSongs(app: App, context: ViewContext, market?: string): Promise<Answer> {
  const { request } = context
  const page = await app.access(request, (library) => library.newest(request.owner, { offset: 0, market }))
  return songList(page, context, { market })
}

/** Another page of a list that was shown before. */
export async function songsPage(app: App, context: ViewContext, where: PageRequest): Promise<Answer> {
  const { request } = context
  const page = await app.access(request, (library) => library.page(request.owner, where))
  return songList(page, context, { market: where.market })
}

/** The page of a time, honest about times without likes. */
export async function songsByDate(app: App, context: ViewContext, range: NamedDateRange): Promise<Answer> {
  const { request } = context
  const page = await app.access(request, (library) => library.byDate(request.owner, range))
  const headings = {
    in: `What was liked in ${range.name}, and before`,
    nearest: `Nothing was liked in ${range.name}. This is what came before it.`,
    'before-first': `Nothing had been liked by ${range.name} yet. These are the first ones.`,
    'after-last': `Nothing has been liked since ${range.name}. These are the latest.`,
  }
  const { total, found, unread } = page
  // Nobody knows what is in those songs.
  const heading = unread > 0 ? `This is what I could find around ${range.name}.` : headings[found]
  return songList(page, context, total > 0 ? { heading, unread } : {})
}

// More than anybody has liked.
const mostLiked = 100_000

/** A part of all songs, where the number of those makes sense. */
export function partOf(part: number, total: number): string {
  return total > mostLiked ? counted(part, 'song') : `${count(part)} of ${counted(total, 'song')}`
}

/** What an answer says where Spotify does not give out some of the songs. */
export function unreadLine(unread: number): string {
  if (unread > mostLiked) return 'Spotify speaks of more songs than it sends, so some may be missing here.'
  return `${counted(unread, 'song')} could not be read: Spotify did not send ${unread === 1 ? 'it' : 'them'}.`
}

/** A search that has not been through the whole library. */
export interface SoFar {
  /** How far it has come, for a line of its own. */
  readonly searched?: string
  /** Whether more will take the place of this list, so that no button is pressed in vain. */
  readonly isGrowing?: boolean
  /** Why songs are as of some time ago, where Spotify is not the reason. */
  readonly because?: string | undefined
}

/** Which list, where it is not that of all songs, and what it says besides them. */
interface ListOptions extends Omit<ListId, 'owner'>, SoFar {
  /** A line above the songs. */
  readonly heading?: string | undefined
  /** The number of each song, where they do not simply run down from the total. */
  readonly numbers?: readonly number[]
  /** How many songs could not be read that would have to be looked at. */
  readonly unread?: number
}

const unreachable = 'Spotify cannot be asked right now.'

/** A page of songs as one embed, within Discord's limits whatever Spotify sent. */
export function songList(page: LikedPage, context: ViewContext, options: ListOptions): Answer {
  const { request, ephemeral } = context
  const { market, query, heading, searched, isGrowing = false, because = unreachable } = options
  const { songs, asOf } = page
  const unread = options.unread ?? (songs.length > 0 ? page.to - page.from - songs.length : 0)
  const reason = isGrowing ? '' : ` ${because}`
  const note = asOf === undefined ? [] : ['', `-# As of ${timestamp(asOf, 'R')}.${reason}`]
  const missing = searched ?? (unread > 0 ? unreadLine(unread) : undefined)
  const gap = missing === undefined ? [] : ['', `-# ${missing}`]
  const text = [...(heading ? [heading, ''] : []), ...lines(page, options), ...gap, ...note]
  const sum = isGrowing ? `${counted(page.total, 'song')} found so far` : undefined
  const embed = songEmbed(context, songs, text, sum ?? footer(page, query === undefined ? 'liked song' : 'hit'))
  if (isGrowing) return { kind: 'message', ephemeral, embeds: [embed] }
  // Those who have saved the songs need no way to save them.
  const save = ephemeral && request.viewer === request.owner ? [] : saveSelect(songs)
  const turning = pageButtons(page, { owner: request.owner, market, query }, ephemeral)
  return { kind: 'message', ephemeral, embeds: [embed], components: [...turning, ...save] }
}

/** An embed about some songs, with the first cover among them. */
export function songEmbed({ author }: ViewContext, songs: readonly Song[], text: string[], footer: string): APIEmbed {
  const cover = songs.find((song) => song.cover)?.cover
  return {
    color: accent,
    ...(author && { author }),
    description: text.join('\n'),
    ...(cover && { thumbnail: { url: cover } }),
    footer: { text: `${footer} · Spotify` },
  }
}

function lines(page: LikedPage, { query, numbers, unread = 0, isGrowing }: ListOptions): string[] {
  const { songs, total, from } = page
  if (total === 0 && isGrowing) return ['Nothing found yet.']
  if (total === 0) return [query === undefined ? noSongs : unread > 0 ? noHitsYet : noHits]
  if (songs.length === 0) return ['Spotify sent no songs for this page.']
  return songs.map((song, index) => `**${count(numbers?.[index] ?? total - from - index)}.** ${songLine(song)}`)
}

const noSongs = 'No liked songs yet. Tap the plus next to a song in Spotify, and it shows up here.'
const noHits = 'Nothing that was liked has these words in its title, artists or album.'
const noHitsYet = 'None of the songs that I could read has these words in its title, artists or album.'

function footer({ page, pages, total, newer }: LikedPage, unit: string): string {
  const news = newer > 0 ? [counted(newer, 'newer song')] : []
  return [`Page ${count(page)} of ${count(pages)}`, counted(total, unit), ...news].join(' · ')
}
