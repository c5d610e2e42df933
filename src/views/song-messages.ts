import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import { say, type Message, type MessageKey, type Translate } from '../i18n.ts'
import type { FoundPage, PageRequest, SearchProgress } from '../library/library.ts'
import { artistCalled, artistFilter, shortName } from '../library/artists.ts'
import { wordsOf } from '../library/normalize.ts'
import { wordsFilter, type SongFilter } from '../library/search.ts'
import { BudgetError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { dayName, memoriesFilter, today, yearsAbove } from './memories.ts'
import { longestQuery, type ListKind, type PageId } from './page-id.ts'
import { isolated, sanitize } from './sanitize.ts'
import { nothingTyped } from './song-choices.ts'
import { mostLiked, songList, type Answer, type SoFar, type ViewContext } from './song-list.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100

/** A list of what is found in somebody's library: of a search where it is no other. */
export interface FoundList extends Pick<PageId, 'list'> {
  /** As a page id has it. */
  readonly query: string
}

interface Found {
  filter(query: string): SongFilter
  heading(query: string, t: Translate, songs: readonly Song[]): string
  /** What stands above each song of a page. */
  rules?(songs: readonly Song[]): string[]
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
  artist: {
    filter: (query) => artistFilter(query, longestQuery),
    heading(query, t, songs) {
      const artist = artistCalled(
        query,
        songs.flatMap(({ artists }) => artists),
        longestQuery,
      )
      const name = isolated(100, (max) => sanitize(artist ?? query, max))
      return t(artist === undefined && songs.length > 0 ? 'artist.heading.like' : 'artist.heading', { artist: name })
    },
    nothing: 'artist.nothing',
    nothingYet: 'artist.nothingYet',
    nothingSoFar,
  },
  memories: {
    filter: memoriesFilter,
    heading: (query, t) => t('memories.heading', { day: dayName(query, t.locale) }),
    rules: yearsAbove,
    nothing: 'memories.nothing',
    nothingYet: 'memories.nothingYet',
    nothingSoFar,
  },
}

function foundBy({ list }: FoundList): Found {
  const found = lists[list ?? 'search']
  if (found) return found
  throw new UserError('liked.fresh')
}

/** What finds all songs of such a list. */
export function filterOf(list: FoundList['list'], query: string): SongFilter {
  return foundBy({ list, query }).filter(query)
}

/** The songs of the artist whose name was typed. */
export async function artistSongs(app: App, context: ViewContext, typed: string): Promise<Answer> {
  const query = shortName(typed, longestQuery)
  if (wordsOf(query).length > 0 && query !== nothingTyped) return foundSongs(app, context, { list: 'artist', query })
  throw new UserError('artist.name')
}

/** What was liked on this day in earlier years. Its pages stay with the day. */
export async function memoriesOfToday(app: App, context: ViewContext): Promise<Answer> {
  return foundSongs(app, context, { list: 'memories', query: today() })
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
  const reading = say(t, searchedLine({ ...answer, asOf: found.asOf }))
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
      throw new UserError('search.pressAgain', { reading: searchedLine({ ...answer, asOf: answer.found.asOf }) })
    begun = answer.done
  }
}

/** The songs that were found; where Spotify has ended the reading of the library, why. */
function foundList(context: ViewContext, wanted: FoundList, found: FoundPage, soFar: SoFar = {}): Answer {
  const { t } = context
  const { query } = wanted
  const by = foundBy(wanted)
  const heading = by.heading(query, t, found.songs)
  const { songs, numbers, isByAlbum, library, searched, failure, asOf, unfinished = [] } = found
  const albums = songs.map(({ album }, index) => (isByAlbum[index] ? album : ''))
  const [next] = unfinished
  const year = next && String(new Date(next.from).getUTCFullYear())
  const reason = errorMessage(failure)?.message
  const looked: Message = year
    ? { key: 'memories.unfinished', values: { year } }
    : searchedSongs(searched, library, true)
  const values = reason && { searched: looked, reason }
  const because = reason && failure instanceof BudgetError ? say(t, reason) : undefined
  const ended = values && (asOf === undefined ? { searched: say(t, { key: 'search.ended', values }) } : { because })
  const unread = library - searched
  const nothing = t(soFar.isGrowing || year ? by.nothingSoFar : unread > 0 ? by.nothingYet : by.nothing)
  const goesOn = year && !values ? { searched: t('memories.goesOn', { year }) } : undefined
  const shown = { heading, nothing, numbers, albums, unread, rules: by.rules?.(songs) }
  return songList(found, context, { ...wanted, ...shown, ...soFar, ...goesOn, ...ended })
}

type ReadingOfLibrary = Omit<SearchProgress, 'found'> & Pick<FoundPage, 'asOf'>

/** How far a search has come while a whole library is being read. */
export function searchedLine(reading: ReadingOfLibrary): Message {
  return readingLine(reading, searchedSoFar(reading))
}

/** The same of what is made of a library; `counted`: how far it is, where all of it has to be read. */
export function readingLine({ until, asOf }: ReadingOfLibrary, counted: Message): Message {
  const reading: Message = asOf === undefined ? counted : { key: 'search.updating' }
  if (until === undefined) return reading
  return { key: 'search.waiting', values: { reading, when: `<t:${Math.ceil(until / 1000)}:R>` } }
}

/** How many songs have been read, once it is known of how many. */
export function searchedSoFar({ read, total }: Pick<ReadingOfLibrary, 'read' | 'total'>): Message {
  return total > 0 ? searchedSongs(read, total, false) : { key: 'search.reading' }
}

/** How much of a list of songs a search has been through; of how many, where that number makes sense. */
export function searchedSongs(read: number, total: number, isOver: boolean): Message {
  if (total > mostLiked)
    return { key: isOver ? 'search.searched.unknown' : 'search.soFar.unknown', values: { count: read } }
  return { key: isOver ? 'search.searched' : 'search.soFar', values: { read, count: total } }
}
