import type { AccessRequest } from '../access.ts'
import type { PlaylistSource } from '../accounts/link-task.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Message } from '../i18n.ts'
import { maxProbes } from '../library/binary-search.ts'
import { songIn } from '../library/packed-songs.ts'
import { unreadCount } from '../library/segments.ts'
import { blockSize } from '../spotify/client.ts'
import type { Song } from '../spotify/parse.ts'
import { songsInCommon } from './common-list.ts'
import { parseDateRange } from './dates.ts'
import { filterOf, searchedSoFar } from './song-messages.ts'

/** The most songs of a playlist: more is more than anybody hears, and takes more requests than others can spare. */
export const mostSongs = 1_000
/** More requests than these are told before. */
const freeRequests = 20
/** To make a playlist, and to see that it is there. */
const twoMore = 2
const songsAtOnce = 100

/** What a playlist is to have. */
export interface PlaylistSongs extends ReturnType<typeof withoutOdd> {
  /** How many songs Spotify does not send. */
  readonly unread: number
  /** There are more. */
  readonly isCut: boolean
  /** Of a roundup: until when it shows songs, in milliseconds. */
  readonly until?: number | undefined
}

type TellProgress = (message: Message) => void

/** How many requests it takes at most to put so many songs into a playlist. */
function requestsToFill(songs: number): number {
  return Math.ceil(songs / songsAtOnce) + twoMore
}

/** How many requests a playlist may take, where it may be more than are spent without a word. */
export function mostRequests({ of, value }: PlaylistSource): number | undefined {
  if (of !== 'newest' && of !== 'when') return undefined
  const songs = of === 'when' ? mostSongs : Number(value)
  const needed = Math.ceil(songs / blockSize) + requestsToFill(songs) + (of === 'when' ? maxProbes : 0)
  return needed > freeRequests ? needed : undefined
}

/** The same of one for which whole libraries are needed, by what is in hand. Rejects as access does. */
export async function requestsForLibraries(app: App, person: string, source: PlaylistSource) {
  if (!['search', 'artist', 'common'].includes(source.of)) return undefined
  let needed = requestsToFill(mostSongs)
  for (const request of requestsTo(person, source))
    needed += await app.access(request, (library) => library.requestsForWhole(request.owner))
  return needed > freeRequests ? needed : undefined
}

/** To the libraries of which it is made: the person's own, and that of the other one where it is about both. */
function requestsTo(person: string, { of, value, server, name = '' }: PlaylistSource): AccessRequest[] {
  const isCommon = of === 'common'
  const about = { viewer: person, server: server ?? null, ownerName: name, isCommon }
  return [person, ...(isCommon ? [value] : [])].map((owner) => ({ ...about, owner }))
}

/** The songs; or about how many requests they would take, where those are many and `isAgreed` is not set. */
export async function songsFor(
  app: App,
  person: string,
  source: PlaylistSource,
  isAgreed: boolean,
  tell: TellProgress,
): Promise<PlaylistSongs | { readonly needed: number }> {
  const { of, value, server = '' } = source
  const needed = isAgreed ? undefined : await requestsForLibraries(app, person, source)
  if (needed !== undefined) return { needed }
  if (of === 'roundup') return ofRoundup(app, person, server, value)
  if (of === 'common') return inCommon(app, person, source, tell)
  if (of === 'search' || of === 'artist') return ofLibrary(app, person, of, value, tell)
  const period = of === 'when' ? parseDateRange(value) : undefined
  const about = period && { from: period.from, to: period.to }
  const most = of === 'newest' ? Math.min(Number(value), mostSongs) : mostSongs
  const budget = isAgreed ? Infinity : freeRequests
  const span = await app.library.span(person, { ...about, most, budget, others: requestsToFill })
  if (span.songs === undefined) return span
  return { ...withoutOdd(span.songs), unread: span.unread, isCut: span.isCut }
}

/** Everything that is found in the whole library, which is read first. */
async function ofLibrary(app: App, person: string, of: 'search' | 'artist', query: string, tell: TellProgress) {
  let library = await app.library.whole(person)
  while (library.reading) {
    tell(searchedSoFar(library.reading))
    library = await app.library.whole(person, library.reading.done)
  }
  const { segments, failure, isPartial } = library
  // Where this was the whole list some time ago, the songs of then are better than none.
  if (failure && isPartial) throw failure
  const found = filterOf(of === 'artist' ? of : undefined, query).find(segments)
  const songs = found.slice(0, mostSongs).map(({ pack, index }) => songIn(pack, index))
  const unread = unreadCount(segments)
  return { ...withoutOdd(songs), unread, isCut: found.length > mostSongs }
}

/** What the person and somebody else have both liked; the other one has to share in the server. */
async function inCommon(app: App, person: string, source: PlaylistSource, tell: TellProgress) {
  const [callers, others] = requestsTo(person, source)
  if (!callers || !others) throw new TypeError('Songs in common are those of two people')
  const { songs, unread } = await songsInCommon(app, [callers, others], mostSongs + 1, tell)
  return { ...withoutOdd(songs.slice(0, mostSongs)), unread, isCut: songs.length > mostSongs }
}

/** All that is shown of a roundup now, each song once. */
async function ofRoundup(app: App, person: string, server: string, id: string): Promise<PlaylistSongs> {
  if (await app.membership.isGone(person, server)) throw new UserError('roundup.otherServer')
  const songs: Pick<Song, 'uri'>[] = []
  let until: number | undefined
  for (let number = 1, pages = 1; number <= pages && songs.length <= mostSongs; number += 1) {
    const page = await app.roundups.page(server, id, number)
    if (!page) throw new UserError('roundup.old')
    songs.push(...page.rows.map(({ song }) => song))
    ;({ pages, until } = page)
  }
  return { ...withoutOdd(songs.slice(0, mostSongs)), unread: 0, isCut: songs.length > mostSongs, until }
}

/** Tracks, each once; what else there is cannot be added. */
function withoutOdd(songs: readonly Pick<Song, 'uri'>[]) {
  const uris = [...new Set(songs.map(({ uri }) => uri))]
  const tracks = uris.filter((uri) => /^spotify:track:[0-9A-Za-z]{22}$/.test(uri))
  const local = uris.filter((uri) => uri.startsWith('spotify:local:')).length
  return { uris: tracks, local, odd: uris.length - tracks.length - local }
}
