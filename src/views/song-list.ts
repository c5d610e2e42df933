import type { APIEmbed, APIEmbedAuthor, Message } from 'discord.js'
import type { AccessRequest } from '../access.ts'
import type { Reply } from '../command.ts'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { say, type Translate } from '../i18n.ts'
import type { LikedPage, PageRequest } from '../library/library.ts'
import { rulesBetween, type NamedDateRange } from './dates.ts'
import type { Song } from '../spotify/parse.ts'
import { moreSelect, pageButtons, type ListId } from './components.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { saveSelect } from './save-track.ts'
import { songLines, timestamp, writtenSong } from './song.ts'

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
export interface ViewContext extends Pick<App, 'logoUrl'> {
  readonly request: AccessRequest
  readonly author: APIEmbedAuthor | undefined
  /** Only the viewer sees it. */
  readonly ephemeral: boolean
  /** Who asked for the message that changes, where that may be somebody else than the viewer. */
  readonly caller?: string | undefined
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
export async function songsPage(
  app: App,
  context: ViewContext,
  where: PageRequest,
  range?: NamedDateRange,
): Promise<Answer> {
  const { request } = context
  const page = await app.access(request, (library) => library.page(request.owner, where))
  return songList(page, context, { market: where.market, range })
}

/** The page of a time, honest about times without likes. */
export async function songsByDate(app: App, context: ViewContext, range: NamedDateRange): Promise<Answer> {
  const { request, t } = context
  const page = await app.access(request, (library) => library.byDate(request.owner, range))
  const headings = {
    in: range.isDay ? 'when.in.day' : 'when.in',
    nearest: range.isDay ? 'when.nearest.day' : 'when.nearest',
    'before-first': 'when.before',
    'after-last': 'when.after',
  } as const
  const { total, found, unread } = page
  // Nobody knows what is in those songs.
  const heading = t(unread > 0 ? 'when.unread' : headings[found], { date: range.nameIn(t.locale) })
  return songList(page, context, total > 0 ? { heading, unread, range } : {})
}

/** More than anybody has liked. */
export const mostLiked = 100_000

/** What an answer says where Spotify does not give out some of the songs. */
export function unreadLine(unread: number, t: Translate): string {
  return unread > mostLiked ? t('liked.unread.more') : t('liked.unread', { count: unread })
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
interface ListOptions extends Omit<ListId, 'owner' | 'range'>, SoFar {
  /** The period that it is about. */
  readonly range?: NamedDateRange | undefined
  /** A line above the songs. */
  readonly heading?: string | undefined
  /** What is said in place of songs where there are none. */
  readonly nothing?: string
  /** The number of each song, where they do not simply run down from the total. */
  readonly numbers?: readonly number[]
  /** What stands above each song, where the list is about dates. */
  readonly rules?: readonly string[] | undefined
  /** Who has liked each song, with the dates, in place of the time. */
  readonly likes?: readonly string[]
  /** Whether the songs are those of who asked for them, where that is not the owner alone. */
  readonly isOwn?: boolean
  /** The album of each song, '' where it does not matter. */
  readonly albums?: readonly string[]
  /** How many songs could not be read that would have to be looked at. */
  readonly unread?: number
}

/** As of when songs are, and why not of now. */
export function asOfLine(asOf: number, reason: string | undefined, t: Translate): string {
  const when = timestamp(asOf, 'R')
  return reason === undefined ? t('liked.asOf', { when }) : t('liked.asOf.because', { when, reason })
}

/** A page of songs as one embed, within Discord's limits whatever Spotify sent. */
export function songList(page: LikedPage, context: ViewContext, options: ListOptions): Answer {
  const { request, ephemeral, caller = request.viewer, t } = context
  const { market, list: kind, query, heading, range, searched, isGrowing = false, because } = options
  const { isOwn = caller === request.owner } = options
  const { songs, asOf } = page
  const unread = options.unread ?? (songs.length > 0 ? page.to - page.from - songs.length : 0)
  const failure = because === undefined && page.failure !== undefined && errorMessage(page.failure)?.message
  const reason = failure ? say(t, failure) : because
  const note = asOf === undefined ? [] : ['', `-# ${asOfLine(asOf, searched === undefined ? reason : undefined, t)}`]
  const isWithheld = unread > 0 && because === undefined
  const missing = searched ?? (isWithheld ? unreadLine(unread, t) : undefined)
  const gap = missing === undefined ? [] : ['', `-# ${missing}`]
  const text = [
    ...(heading ? [heading, ''] : []),
    ...lines(page, options, t, isOwn ? undefined : request.owner),
    ...gap,
    ...note,
  ]
  const unit = query === undefined ? 'liked.songs' : 'liked.found'
  const foot = isGrowing ? t('liked.foundSoFar', { count: page.total }) : footer(page, unit, t)
  const embed = songEmbed(context, songs, text, foot)
  if (isGrowing) return { kind: 'message', ephemeral, embeds: [embed] }
  // Who has saved the songs needs no way to save them.
  const select = isOwn ? moreSelect(t) : saveSelect(songs, t)
  const list = { owner: request.owner, market, list: kind, query, range: range?.id }
  const turning = pageButtons(page, list, { ephemeral, isOwn }, t)
  return { kind: 'message', ephemeral, embeds: [embed], components: [...turning, ...select] }
}

/** An embed about some songs, with the first cover among them. */
function songEmbed({ author, logoUrl }: ViewContext, songs: readonly Song[], text: string[], footer: string): APIEmbed {
  const cover = songs.find((song) => song.cover)?.cover
  return {
    color: accent,
    ...(author && { author }),
    description: text.join('\n'),
    ...(cover && { thumbnail: { url: cover } }),
    footer: { text: `${footer} · Spotify`, ...(logoUrl && { icon_url: logoUrl }) },
  }
}

/** `owner`: the Discord id, where the songs are somebody else's. */
function lines(page: LikedPage, options: ListOptions, t: Translate, owner?: string): string[] {
  const { songs, total, from } = page
  const { nothing, numbers, albums, likes, range, rules = range && rulesBetween(page.songs, range, t) } = options
  if (total === 0 && nothing !== undefined) return [nothing]
  if (total === 0) return [owner ? t('liked.empty.other', { owner: `<@${owner}>` }) : t('liked.empty')]
  if (songs.length === 0) return [t('liked.missingPage')]
  return songs.map((song, index) => {
    const [album, like] = [albums?.[index], likes?.[index]]
    const more = album ? [isolated(longestAlbum, (max) => sanitize(album, max))] : []
    const written =
      like !== undefined
        ? writtenSong({ ...song, addedAt: undefined }, t, { more: [like] })
        : album || rules
          ? writtenSong(song, t, { more, time: rules && 'D' })
          : songLines(song, t)
    return `${rules?.[index] ?? ''}**${t.number(numbers?.[index] ?? total - from - index)}.** ${written}`
  })
}

// Ten of these fit beside the longest titles and artists.
const longestAlbum = 30

function footer({ page, pages, total, newer }: LikedPage, unit: 'liked.songs' | 'liked.found', t: Translate): string {
  const news = newer > 0 ? [t('liked.newer', { count: newer })] : []
  return [t('liked.page', { page, pages }), t(unit, { count: total }), ...news].join(' · ')
}
