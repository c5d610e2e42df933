import type { APIApplicationCommandOptionChoice } from 'discord.js'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import { say, type Message, type MessageKey, type Translate } from '../i18n.ts'
import type { FoundPage, PageRequest, SearchProgress } from '../library/library.ts'
import { wordsFilter, type SongFilter } from '../library/search.ts'
import { BudgetError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { longestQuery, type ListKind, type PageId } from './page-id.ts'
import { isolated, plainText, sanitize } from './sanitize.ts'
import { mostLiked, songList, type Answer, type SoFar, type ViewContext } from './song-list.ts'
import { plainPair } from './song.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100

/** A list of what is found in somebody's library: of a search where it is no other. */
export interface FoundList extends Pick<PageId, 'list'> {
  /** As a page id has it. */
  readonly query: string
}

interface Found {
  filter(query: string): SongFilter
  heading(query: string, t: Translate): string
  /** What is said where there is nothing; where not all of the library could be read; and while it is being read. */
  readonly nothing: MessageKey
  readonly nothingYet: MessageKey
  readonly nothingSoFar: MessageKey
}

const nothingSoFar = 'search.nothingSoFar'
const lists: Readonly<Partial<Record<ListKind | 'search', Found>>> = {
  search: {
    filter: wordsFilter,
    heading: (query, t) => t('search.heading', { query: isolated(100, (max) => sanitize(query, max)) }),
    nothing: 'search.nothing',
    nothingYet: 'search.nothingYet',
    nothingSoFar,
  },
}

function foundBy({ list }: FoundList): Found {
  const found = lists[list ?? 'search']
  if (found) return found
  throw new UserError('liked.fresh')
}

/** What is found; while the library is being read, what has been found so far, and then all of it in its place. */
export async function foundSongs(
  app: App,
  context: ViewContext,
  wanted: FoundList,
  attempt = 1,
  begun?: SearchProgress['done'],
): Promise<Answer> {
  const { request, t } = context
  const filter = foundBy(wanted).filter(wanted.query)
  const answer = await app.access(request, (library) => library.find(request.owner, filter, { offset: 0 }, begun))
  if (!('done' in answer)) return foundList(context, wanted, answer)
  const { found, done } = answer
  const reading = say(t, searchedLine(answer))
  if (attempt === maxAttempts) return foundList(context, wanted, found, { searched: t('search.later', { reading }) })
  const soFar = foundList(context, wanted, found, { searched: reading, isGrowing: true })
  return { ...soFar, continueWith: () => foundSongs(app, context, wanted, attempt + 1, done) }
}

/** Another page of what was found; the one that is shown stays while the library is being read again. */
export async function foundPage(
  app: App,
  context: ViewContext,
  wanted: FoundList,
  where: PageRequest,
): Promise<Answer> {
  const { request } = context
  const filter = foundBy(wanted).filter(wanted.query)
  let begun: SearchProgress['done']
  for (let attempt = 1; ; attempt += 1) {
    const answer = await app.access(request, (library) => library.find(request.owner, filter, where, begun))
    if (!('done' in answer)) return foundList(context, wanted, answer)
    if (answer.until && answer.found.asOf !== undefined) return foundList(context, wanted, answer.found)
    if (attempt === maxAttempts || answer.until)
      throw new UserError('search.pressAgain', { reading: searchedLine(answer) })
    begun = answer.done
  }
}

/** The songs that were found; where Spotify has ended the reading of the library, why. */
function foundList(context: ViewContext, wanted: FoundList, found: FoundPage, soFar: SoFar = {}): Answer {
  const { t } = context
  const { query } = wanted
  const by = foundBy(wanted)
  const heading = by.heading(query, t)
  const { songs, numbers, isByAlbum, library, searched, failure, asOf } = found
  const albums = songs.map(({ album }, index) => (isByAlbum[index] ? album : ''))
  const reason = errorMessage(failure)?.message
  const values = reason && { searched: searchedSongs(searched, library, true), reason }
  const because = reason && failure instanceof BudgetError ? say(t, reason) : undefined
  const ended = values && (asOf === undefined ? { searched: say(t, { key: 'search.ended', values }) } : { because })
  const unread = library - searched
  const nothing = t(soFar.isGrowing ? by.nothingSoFar : unread > 0 ? by.nothingYet : by.nothing)
  return songList(found, context, { ...wanted, heading, nothing, numbers, albums, unread, ...soFar, ...ended })
}

/** How far a search has come while a whole library is being read. */
function searchedLine({ read, total, until, found }: SearchProgress): Message {
  const reading: Message =
    found.asOf !== undefined
      ? { key: 'search.updating' }
      : total > 0
        ? searchedSongs(read, total, false)
        : { key: 'search.reading' }
  if (until === undefined) return reading
  return { key: 'search.waiting', values: { reading, when: `<t:${Math.ceil(until / 1000)}:R>` } }
}

/** How much of a list of songs a search has been through; of how many, where that number makes sense. */
function searchedSongs(read: number, total: number, isOver: boolean): Message {
  if (total > mostLiked)
    return { key: isOver ? 'search.searched.unknown' : 'search.soFar.unknown', values: { count: read } }
  return { key: isOver ? 'search.searched' : 'search.soFar', values: { read, count: total } }
}

/** What a search may mean, as the choices under its field; where nothing is in hand, to search for what was typed. */
export function searchChoices(
  titles: readonly Pick<Song, 'title' | 'artists'>[],
  typed: string,
  t: Translate,
): APIApplicationCommandOptionChoice<string>[] {
  const choices = titles.map(({ title, artists }) => {
    return { name: plainPair(title, artists.join(', '), 100), value: queryFor(title, artists[0] ?? '') }
  })
  const songs = choices.filter(({ name, value }) => name && value)
  return songs.length > 0 ? songs : [{ name: t('search.pressEnter'), value: plainText(typed, longestQuery) || '…' }]
}

/** Whole words of title and artist, as many as a button's id has room for. */
function queryFor(title: string, artist: string): string {
  const words = plainText(`${title} ${artist}`, 400)
  const start = `${words} `.slice(0, longestQuery + 1)
  return start.slice(0, Math.max(start.lastIndexOf(' '), 0)) || plainText(title, longestQuery).replace('…', '')
}
