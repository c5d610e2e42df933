import type { APIEmbed, APIEmbedAuthor, Message } from 'discord.js'
import type { AccessRequest } from '../access.ts'
import type { Reply } from '../command.ts'
import type { App } from '../context.ts'
import type { Translate } from '../i18n.ts'
import type { LikedPage, PageRequest } from '../library/library.ts'
import type { NamedDateRange } from './dates.ts'
import type { Song } from '../spotify/parse.ts'
import { pageButtons, type ListId } from './components.ts'
import { plainText } from './sanitize.ts'
import { saveSelect } from './save-track.ts'
import { songLine, timestamp } from './song.ts'

/** Beside every embed of ours. */
export const accent = 0x0f6f7d

/** What 0.1.0 has put behind the name in that line. */
const formerEnd = ': liked songs'

/** The author line of a message with somebody's songs: their name. */
export function authorLine(person: { readonly displayName: string; displayAvatarURL(): string }): APIEmbedAuthor {
  return { name: plainText(person.displayName, 80), icon_url: person.displayAvatarURL() }
}

/** That line of a message of ours, as far as it is one. */
export function authorIn(message: Message | null): APIEmbedAuthor | undefined {
  const { name, icon_url: icon }: Partial<Record<keyof APIEmbedAuthor, unknown>> = message?.embeds[0]?.data.author ?? {}
  if (typeof name !== 'string') return undefined
  const owner = name.endsWith(formerEnd) ? name.slice(0, -formerEnd.length) : name
  return { name: owner, ...(typeof icon === 'string' && { icon_url: icon }) }
}

/** Who looks at whose songs, and how the answer shows them. */
export interface ViewContext {
  readonly request: AccessRequest
  readonly author: APIEmbedAuthor | undefined
  /** Only the viewer sees it. */
  readonly ephemeral: boolean
  readonly t: Translate
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
  const { request, t } = context
  const page = await app.access(request, (library) => library.byDate(request.owner, range))
  const headings = {
    in: 'when.in',
    nearest: 'when.nearest',
    'before-first': 'when.before',
    'after-last': 'when.after',
  } as const
  const { total, found, unread } = page
  // Nobody knows what is in those songs.
  const heading = t(unread > 0 ? 'when.unread' : headings[found], { date: range.nameIn(t.locale) })
  return songList(page, context, total > 0 ? { heading, unread } : {})
}

// More than anybody has liked.
const mostLiked = 100_000

/** What an answer says where Spotify does not give out some of the songs. */
export function unreadLine(unread: number, t: Translate): string {
  return unread > mostLiked ? t('liked.unread.more') : t('liked.unread', { count: unread })
}

/** Which list, where it is not that of all songs, and what it says besides them. */
interface ListOptions extends Omit<ListId, 'owner'> {
  /** A line above the songs. */
  readonly heading?: string | undefined
  /** The number of each song, where they do not simply run down from the total. */
  readonly numbers?: readonly number[]
  /** How many songs could not be read that would have to be looked at. */
  readonly unread?: number
}

/** A page of songs as one embed, within Discord's limits whatever Spotify sent. */
export function songList(page: LikedPage, context: ViewContext, options: ListOptions): Answer {
  const { request, ephemeral, t } = context
  const { market, query, heading } = options
  const { songs, asOf } = page
  const unread = options.unread ?? (songs.length > 0 ? page.to - page.from - songs.length : 0)
  const note = asOf === undefined ? [] : ['', `-# ${t('liked.asOf', { when: timestamp(asOf, 'R') })}`]
  const gap = unread > 0 ? ['', `-# ${unreadLine(unread, t)}`] : []
  const text = [...(heading ? [heading, ''] : []), ...lines(page, options, t), ...gap, ...note]
  const embed = songEmbed(context, songs, text, footer(page, query === undefined ? 'liked.songs' : 'liked.found', t))
  // Those who have saved the songs need no way to save them.
  const save = ephemeral && request.viewer === request.owner ? [] : saveSelect(songs, t)
  const turning = pageButtons(page, { owner: request.owner, market, query }, ephemeral, t)
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

function lines({ songs, total, from }: LikedPage, { query, numbers, unread = 0 }: ListOptions, t: Translate): string[] {
  const nothing = unread > 0 ? 'search.nothingYet' : 'search.nothing'
  if (total === 0) return [t(query === undefined ? 'liked.empty' : nothing)]
  if (songs.length === 0) return [t('liked.missingPage')]
  return songs.map((song, index) => `**${t.number(numbers?.[index] ?? total - from - index)}.** ${songLine(song, t)}`)
}

function footer({ page, pages, total, newer }: LikedPage, unit: 'liked.songs' | 'liked.found', t: Translate): string {
  const news = newer > 0 ? [t('liked.newer', { count: newer })] : []
  return [t('liked.page', { page, pages }), t(unit, { count: total }), ...news].join(' · ')
}
