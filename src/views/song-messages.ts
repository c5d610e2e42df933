import type { APIApplicationCommandOptionChoice } from 'discord.js'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import type { FoundPage, PageRequest, SearchProgress } from '../library/library.ts'
import { BudgetError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { button, linkButton, row } from './components.ts'
import { encodePageId, longestQuery } from './page-id.ts'
import { plainText, sanitize } from './sanitize.ts'
import { saveButton } from './save-track.ts'
import { partOf, songEmbed, songList, unreadLine, type Answer, type SoFar, type ViewContext } from './song-list.ts'
import { count, songLine } from './song.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100
const searchAll = 'Press Enter to search all your songs'
const updating = 'Bringing the library up to date.'
const noneYet = 'There are no liked songs to draw from yet.'

/** One song out of all, with "Another". */
export async function randomSong(app: App, context: ViewContext): Promise<Answer> {
  const { request, ephemeral } = context
  const { owner } = request
  const { song, number, total, unread } = await app.access(request, (library) => library.random(owner))
  const answer = { kind: 'message', ephemeral } as const
  const none = total > 0 ? 'Spotify sent no song to draw. Please try again later.' : noneYet
  if (!song) return { ...answer, content: none }
  const gap = unread > 0 ? ['', `-# ${unreadLine(unread)}`] : []
  const album = sanitize(song.album, 120)
  const lines = [`**${count(number)}.** ${songLine(song)}`, ...(album ? [`from ${album}`] : []), ...gap]
  const embed = songEmbed(context, [song], lines, `One of ${count(total)} liked songs`)
  const another = encodePageId({ version: 2, owner, offset: 0, action: 'another' })
  const open = song.url ? [linkButton('OPEN SPOTIFY', song.url)] : []
  const buttons = row(button('Another', another, { style: 'Primary' }), ...saveButton(song), ...open)
  return { ...answer, embeds: [embed], components: [buttons] }
}

/** What a search finds; while the library is being read, what it has found so far, and then all of it in its place. */
export async function foundSongs(
  app: App,
  context: ViewContext,
  query: string,
  attempt = 1,
  begun?: SearchProgress['done'],
): Promise<Answer> {
  const { request } = context
  const answer = await app.access(request, (library) => library.search(request.owner, query, { offset: 0 }, begun))
  if (!('done' in answer)) return foundList(context, query, answer)
  const { found, done } = answer
  if (attempt < maxAttempts) {
    const soFar = foundList(context, query, found, { searched: searchedLine(answer), isGrowing: true })
    return { ...soFar, continueWith: () => foundSongs(app, context, query, attempt + 1, done) }
  }
  return foundList(context, query, found, { searched: `${searchedLine(answer)} Please search again in a while.` })
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function foundPage(app: App, context: ViewContext, query: string, where: PageRequest): Promise<Answer> {
  const { request } = context
  let begun: SearchProgress['done']
  for (let attempt = 1; ; attempt += 1) {
    const answer = await app.access(request, (library) => library.search(request.owner, query, where, begun))
    if (!('done' in answer)) return foundList(context, query, answer)
    if (answer.until && answer.found.asOf !== undefined) return foundList(context, query, answer.found)
    if (attempt === maxAttempts || answer.until) throw new UserError(`${searchedLine(answer)} Please press again then.`)
    begun = answer.done
  }
}

/** The songs that were found; where Spotify has ended the reading of the library, why. */
function foundList(context: ViewContext, query: string, found: FoundPage, soFar: SoFar = {}): Answer {
  const heading = `Liked songs with “${sanitize(query, 100)}”`
  const { numbers, library, searched, failure, asOf } = found
  const reason = errorMessage(failure)?.sentence
  const because = failure instanceof BudgetError ? reason : undefined
  const ended =
    reason && (asOf === undefined ? { searched: `Searched ${partOf(searched, library)}. ${reason}` } : { because })
  return songList(found, context, { query, heading, numbers, unread: library - searched, ...soFar, ...ended })
}

/** How far a search has come while a whole library is being read. */
function searchedLine({ read, total, until, found }: SearchProgress): string {
  const waiting = until === undefined ? '' : ` Spotify asks me to wait until <t:${Math.ceil(until / 1000)}:R>.`
  if (found.asOf !== undefined) return updating + waiting
  const line = total > 0 ? `Searched ${partOf(read, total)} so far.` : 'Reading the library.'
  return line + waiting
}

/** What a search may mean, as the choices under its field; where nothing is in hand, to search for what was typed. */
export function searchChoices(
  titles: readonly Pick<Song, 'title' | 'artists'>[],
  typed: string,
): APIApplicationCommandOptionChoice<string>[] {
  const choices = titles.map(({ title, artists }) => {
    const words = [title, artists.join(', ')].filter(Boolean).join(' - ')
    return { name: plainText(words, 100), value: queryFor(title, artists[0] ?? '') }
  })
  const songs = choices.filter(({ name, value }) => name && value)
  return songs.length > 0 ? songs : [{ name: searchAll, value: plainText(typed, longestQuery) || '…' }]
}

/** Whole words of title and artist, as many as a button's id has room for. */
function queryFor(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400)
  const start = `${words} `.slice(0, longestQuery + 1)
  return start.slice(0, Math.max(start.lastIndexOf(' '), 0)) || plainText(title, longestQuery).replace('…', '')
}
