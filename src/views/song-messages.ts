import type { APIApplicationCommandOptionChoice } from 'discord.js'
import type { AccessRequest } from '../access.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { say, type Message, type Translate } from '../i18n.ts'
import type { PageRequest, SearchProgress, Suggestions } from '../library/library.ts'
import { button, linkButton, row } from './components.ts'
import { encodePageId, longestQuery } from './page-id.ts'
import { plainText, sanitize } from './sanitize.ts'
import { saveButton } from './save-track.ts'
import { songEmbed, songList, unreadLine, type Answer, type ViewContext } from './song-list.ts'
import { songLine } from './song.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100

/** One song out of all, with "Another". */
export async function randomSong(app: App, context: ViewContext): Promise<Answer> {
  const { request, ephemeral, t } = context
  const { owner } = request
  const { song, number, total, unread } = await app.access(request, (library) => library.random(owner))
  const answer = { kind: 'message', ephemeral } as const
  if (!song) return { ...answer, content: t(total > 0 ? 'random.missing' : 'random.empty') }
  const gap = unread > 0 ? ['', `-# ${unreadLine(unread, t)}`] : []
  const album = sanitize(song.album, 120)
  const lines = [
    `**${t.number(number)}.** ${songLine(song, t)}`,
    ...(album ? [t('random.album', { album })] : []),
    ...gap,
  ]
  const embed = songEmbed(context, [song], lines, t('random.of', { count: total }))
  const another = encodePageId({ version: 2, owner, offset: 0, action: 'another' })
  const open = song.url ? [linkButton(t('button.openSpotify'), song.url)] : []
  const buttons = row(button(t('button.another'), another, { style: 'Primary' }), ...saveButton(song, t), ...open)
  return { ...answer, embeds: [embed], components: [buttons] }
}

/** What a search finds; while the library is being read, how far that is, and then the songs in its place. */
export async function foundSongs(app: App, context: ViewContext, query: string, attempt = 1): Promise<Answer> {
  const found = await search(app, context, query, { offset: 0 })
  if (!('done' in found)) return found
  const answer = { kind: 'message', ephemeral: context.ephemeral } as const
  const { t } = context
  const reading = say(t, readingLine(found, context.request))
  if (attempt === maxAttempts) return { ...answer, content: t('search.later', { reading }) }
  return { ...answer, content: reading, continueWith: () => foundSongs(app, context, query, attempt + 1) }
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function foundPage(app: App, context: ViewContext, query: string, where: PageRequest): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await search(app, context, query, where)
    if (!('done' in found)) return found
    if (attempt === maxAttempts || found.until)
      throw new UserError('search.pressAgain', { reading: readingLine(found, context.request) })
  }
}

/** The songs that were found, or how far the library has been read. */
async function search(app: App, context: ViewContext, query: string, where: PageRequest) {
  const { request, t } = context
  const found = await app.access(request, (library) => library.search(request.owner, query, where))
  if ('done' in found) return found
  const heading = t('search.heading', { query: sanitize(query, 100) })
  const { numbers, library, searched } = found
  return songList(found, context, { query, heading, numbers, unread: library - searched })
}

/** While a whole library is being read: the person's own, unless a request says otherwise. */
function readingLine({ read, total, until }: Omit<SearchProgress, 'done'>, request?: AccessRequest): Message {
  const isOwn = request?.viewer === request?.owner
  const begun = isOwn ? 'search.reading.own' : 'search.reading'
  const goingOn = isOwn ? 'search.reading.progress.own' : 'search.reading.progress'
  const reading: Message = total > 0 ? { key: goingOn, values: { read, total } } : { key: begun }
  if (until === undefined) return reading
  return { key: 'search.waiting', values: { reading, when: `<t:${Math.ceil(until / 1000)}:R>` } }
}

/** What a search may mean, as the choices under its field; or how far the library has been read. */
export function searchChoices(
  found: Suggestions,
  typed: string,
  t: Translate,
): APIApplicationCommandOptionChoice<string>[] {
  if ('reading' in found) {
    const value = plainText(typed, longestQuery) || '…'
    const name = t('search.typeOn', { reading: say(t, readingLine(found.reading)) })
    return [{ name: plainText(name, 100), value }]
  }
  const choices = found.titles.map(({ title, artists }) => {
    const words = [title, artists.join(', ')].filter(Boolean).join(' - ')
    return { name: plainText(words, 100), value: queryFor(title, artists[0] ?? '') }
  })
  return choices.filter(({ name, value }) => name && value)
}

/** Whole words of title and artist, as many as a button's id has room for. */
function queryFor(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400)
  const start = `${words} `.slice(0, longestQuery + 1)
  return start.slice(0, Math.max(start.lastIndexOf(' '), 0)) || plainText(title, longestQuery).replace('…', '')
}
