import type { APIEmbedAuthor } from 'discord-api-types/v10'
import type { App } from '../app.ts'
import { UserError } from '../errors.ts'
import type { FoundPage, PageRequest, Reading } from '../library/library.ts'
import type { Wish } from '../access.ts'
import type { Body, Reply } from '../command.ts'
import { foundList, likedList, readingLine, whenList, type Showing } from './lists.ts'
import { oneSong } from './one-song.ts'
import type { ListId } from './pagination.ts'
import type { Period } from './dates.ts'

/** Somebody looks at somebody's songs: who at whose, under which line, and whether others see it. */
export interface Scene {
  readonly wish: Wish
  readonly author: APIEmbedAuthor | undefined
  readonly isPrivate: boolean
}

/** A message with songs. */
export type Answer = Extract<Reply, { kind: 'message' }>

/** A reading that goes on for longer is left to the person to ask for again. */
const mostLooks = 100

/** The newest songs, asked for anew. */
export async function newestSongs(app: App, scene: Scene, market: string | undefined): Promise<Answer> {
  const { owner } = scene.wish
  const page = await app.look(scene.wish, (library) => library.newest(owner, { offset: 0, market }))
  return answer(scene, likedList(page, showing(scene, { owner, market })))
}

/** Another page of a list that was shown before. */
export async function turnedSongs(app: App, scene: Scene, list: ListId, where: PageRequest): Promise<Answer> {
  const page = await app.look(scene.wish, (library) => library.turn(list.owner, { ...where, market: list.market }))
  return answer(scene, likedList(page, showing(scene, list)))
}

/** The page of a time. */
export async function songsOf(app: App, scene: Scene, period: Period): Promise<Answer> {
  const { owner } = scene.wish
  const page = await app.look(scene.wish, (library) => library.when(owner, period))
  return answer(scene, whenList(page, showing(scene, { owner, market: undefined }), period))
}

/** One song out of all. */
export async function randomSong(app: App, scene: Scene): Promise<Answer> {
  const { owner } = scene.wish
  const { song, number, total } = await app.look(scene.wish, (library) => library.random(owner))
  if (!song) return answer(scene, { content: 'There are no liked songs to draw from yet.' })
  return answer(scene, oneSong({ song, number, total }, { id: owner, author: scene.author }))
}

/** What a search finds; while the library is being read, how far that is, and then the songs in its place. */
export async function foundSongs(
  app: App,
  scene: Scene,
  query: string,
  where: PageRequest,
  looks = 1,
): Promise<Answer> {
  const found = await search(app, scene, query, where)
  if (!('done' in found)) return foundAnswer(scene, query, found)
  if (looks === mostLooks)
    return answer(scene, { content: `${readingLine(found, whose(scene))} Please search again in a while.` })
  const next = (): Promise<Answer> => foundSongs(app, scene, query, where, looks + 1)
  return { ...answer(scene, { content: readingLine(found, whose(scene)) }), next }
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function turnedFound(app: App, scene: Scene, query: string, where: PageRequest): Promise<Answer> {
  for (let looks = 1; ; looks += 1) {
    const found = await search(app, scene, query, where)
    if (!('done' in found)) return foundAnswer(scene, query, found)
    if (looks === mostLooks || found.until)
      throw new UserError(`${readingLine(found, whose(scene))} Please press again then.`)
  }
}

function search({ look }: App, { wish }: Scene, query: string, where: PageRequest): Promise<FoundPage | Reading> {
  return look(wish, (library) => library.search(wish.owner, query, where))
}

function foundAnswer(scene: Scene, query: string, found: FoundPage): Answer {
  const list = { owner: scene.wish.owner, market: undefined, query }
  return answer(scene, foundList(found, showing(scene, list)))
}

function whose({ wish }: Scene): 'your' | 'the' {
  return wish.viewer === wish.owner ? 'your' : 'the'
}

function showing({ author, isPrivate, wish }: Scene, list: ListId): Showing {
  return { list, author, isPrivate, toOthers: !isPrivate || wish.viewer !== wish.owner }
}

function answer({ isPrivate }: Scene, body: Body): Answer {
  return { kind: 'message', private: isPrivate, ...body }
}
