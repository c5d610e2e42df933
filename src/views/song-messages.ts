import type { APIApplicationCommandOptionChoice } from 'discord.js'
import type { AccessRequest } from '../access.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { PageRequest, SearchProgress, Suggestions } from '../library/library.ts'
import { longestQuery } from './page-id.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { songList, type Answer, type ViewContext } from './song-list.ts'
import { count, plainPair } from './song.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100
/** What a search finds; while the library is being read, how far that is, and then the songs in its place. */
export async function foundSongs(app: App, context: ViewContext, query: string, attempt = 1): Promise<Answer> {
  const found = await search(app, context, query, { offset: 0 })
  if (!('done' in found)) return found
  const answer = { kind: 'message', ephemeral: context.ephemeral } as const
  const content = readingLine(found, context.request)
  if (attempt === maxAttempts) return { ...answer, content: `${content} Please search again in a while.` }
  return { ...answer, content, continueWith: () => foundSongs(app, context, query, attempt + 1) }
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function foundPage(app: App, context: ViewContext, query: string, where: PageRequest): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const found = await search(app, context, query, where)
    if (!('done' in found)) return found
    if (attempt === maxAttempts || found.until)
      throw new UserError(`${readingLine(found, context.request)} Please press again then.`)
  }
}

/** The songs that were found, or how far the library has been read. */
async function search(app: App, context: ViewContext, query: string, where: PageRequest) {
  const { request } = context
  const found = await app.access(request, (library) => library.search(request.owner, query, where))
  if ('done' in found) return found
  const heading = `Liked songs with “${isolated(100, (max) => sanitize(query, max))}”`
  const { songs, numbers, isByAlbum, library, searched } = found
  const albums = songs.map(({ album }, index) => (isByAlbum[index] ? album : ''))
  return songList(found, context, { query, heading, numbers, albums, unread: library - searched })
}

/** While a whole library is being read: the person's own, unless a request says otherwise. */
function readingLine({ read, total, until }: Omit<SearchProgress, 'done'>, request?: AccessRequest): string {
  const whose = request?.viewer === request?.owner ? 'your' : 'the'
  const waiting = until === undefined ? '' : ` Spotify asks us to wait until <t:${Math.ceil(until / 1000)}:R>.`
  return `Reading ${whose} library${total > 0 ? `, ${count(read)} of ${count(total)} songs` : ''}.${waiting}`
}

/** What a search may mean, as the choices under its field; or how far the library has been read. */
export function searchChoices(found: Suggestions, typed: string): APIApplicationCommandOptionChoice<string>[] {
  if ('reading' in found) {
    const value = plainText(typed, longestQuery) || '…'
    return [{ name: plainText(`${readingLine(found.reading)} Type on for suggestions.`, 100), value }]
  }
  const choices = found.titles.map(({ title, artists }) => {
    return { name: plainPair(title, artists.join(', '), 100), value: queryFor(title, artists[0] ?? '') }
  })
  return choices.filter(({ name, value }) => name && value)
}

/** Whole words of title and artist, as many as a button's id has room for. */
function queryFor(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400)
  const start = `${words} `.slice(0, longestQuery + 1)
  return start.slice(0, Math.max(start.lastIndexOf(' '), 0)) || plainText(title, longestQuery).replace('…', '')
}
