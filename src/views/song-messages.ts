import type { APIApplicationCommandOptionChoice, APIEmbedAuthor } from 'discord.js'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { FoundPage, PageRequest, SearchProgress, Suggestions } from '../library/library.ts'
import type { AccessRequest } from '../access.ts'
import type { MessageBody, Reply } from '../command.ts'
import { dateList, foundList, likedList, oneSong, readingLine, type ListContext } from './song-list.ts'
import type { ListId } from './pagination.ts'
import type { NamedDateRange } from './dates.ts'
import { plainText } from './sanitize.ts'
import { longestQuery } from './page-id.ts'

/** Somebody looks at somebody's songs: who at whose, under which line, and whether others see it. */
export interface ViewContext {
  readonly request: AccessRequest
  readonly author: APIEmbedAuthor | undefined
  readonly ephemeral: boolean
}

/** A message with songs. */
export type Answer = Extract<Reply, { kind: 'message' }>

/** A reading that goes on for longer is left to the person to ask for again. */
const mostLooks = 100

/** The newest songs, asked for anew. */
export async function newestSongs(app: App, scene: ViewContext, market: string | undefined): Promise<Answer> {
  const { owner } = scene.request
  const page = await app.access(scene.request, (library) => library.newest(owner, { offset: 0, market }))
  return answer(scene, likedList(page, showing(scene, { owner, market })))
}

/** Another page of a list that was shown before. */
export async function songsPage(app: App, scene: ViewContext, list: ListId, where: PageRequest): Promise<Answer> {
  const page = await app.access(scene.request, (library) => library.page(list.owner, { ...where, market: list.market }))
  return answer(scene, likedList(page, showing(scene, list)))
}

/** The page of a time. */
export async function songsByDate(app: App, scene: ViewContext, period: NamedDateRange): Promise<Answer> {
  const { owner } = scene.request
  const page = await app.access(scene.request, (library) => library.byDate(owner, period))
  return answer(scene, dateList(page, showing(scene, { owner, market: undefined }), period))
}

/** One song out of all. */
export async function randomSong(app: App, scene: ViewContext): Promise<Answer> {
  const { owner } = scene.request
  const { song, number, total } = await app.access(scene.request, (library) => library.random(owner))
  if (!song) return answer(scene, { content: 'There are no liked songs to draw from yet.' })
  return answer(scene, oneSong({ song, number, total }, { id: owner, author: scene.author }))
}

/** What a search finds; while the library is being read, how far that is, and then the songs in its place. */
export async function foundSongs(
  app: App,
  scene: ViewContext,
  query: string,
  where: PageRequest,
  looks = 1,
): Promise<Answer> {
  const found = await search(app, scene, query, where)
  if (!('done' in found)) return foundAnswer(scene, query, found)
  if (looks === mostLooks)
    return answer(scene, { content: `${readingLine(found, whose(scene))} Please search again in a while.` })
  const next = (): Promise<Answer> => foundSongs(app, scene, query, where, looks + 1)
  return { ...answer(scene, { content: readingLine(found, whose(scene)) }), continueWith: next }
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function foundPage(app: App, scene: ViewContext, query: string, where: PageRequest): Promise<Answer> {
  for (let looks = 1; ; looks += 1) {
    const found = await search(app, scene, query, where)
    if (!('done' in found)) return foundAnswer(scene, query, found)
    if (looks === mostLooks || found.until)
      throw new UserError(`${readingLine(found, whose(scene))} Please press again then.`)
  }
}

function search(
  { access: look }: App,
  { request: wish }: ViewContext,
  query: string,
  where: PageRequest,
): Promise<FoundPage | SearchProgress> {
  return look(wish, (library) => library.search(wish.owner, query, where))
}

function foundAnswer(scene: ViewContext, query: string, found: FoundPage): Answer {
  const list = { owner: scene.request.owner, market: undefined, query }
  return answer(scene, foundList(found, showing(scene, list)))
}

function whose({ request: wish }: ViewContext): 'your' | 'the' {
  return wish.viewer === wish.owner ? 'your' : 'the'
}

function showing({ author, ephemeral: isPrivate, request: wish }: ViewContext, list: ListId): ListContext {
  return { list, author, ephemeral: isPrivate, toOthers: !isPrivate || wish.viewer !== wish.owner }
}

function answer({ ephemeral: isPrivate }: ViewContext, body: MessageBody): Answer {
  return { kind: 'message', ephemeral: isPrivate, ...body }
}

/** What a search may mean, as the choices under its field; or how far the library has been read. */
export function searchChoices(found: Suggestions, typed: string): APIApplicationCommandOptionChoice<string>[] {
  if ('reading' in found) {
    const value = plainText(typed, longestQuery) || '…'
    return [{ name: plainText(`${readingLine(found.reading, 'your')} Type on for suggestions.`, 100), value }]
  }
  const choices = found.titles.map(({ title, artists }) => {
    const words = [title, artists.join(', ')].filter(Boolean).join(' - ')
    return { name: plainText(words, 100), value: query(title, artists[0] ?? '') }
  })
  return choices.filter(({ name, value }) => name && value)
}

/** Whole words of title and artist, as many as a button's id has room for. */
function query(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400).split(' ')
  let text = ''
  for (const word of words) {
    if (`${text} ${word}`.trim().length > longestQuery) break
    text = `${text} ${word}`.trim()
  }
  return text || plainText(title, longestQuery).replace('…', '')
}
