import type { AccessRequest } from '../access.ts'
import { NotLinkedError } from '../accounts/errors.ts'
import type { App } from '../context.ts'
import { errorMessage } from '../error-messages.ts'
import { UserError } from '../errors.ts'
import { say, type Message } from '../i18n.ts'
import { commonPage, newestCommon } from '../library/common-songs.ts'
import type { PageRequest } from '../library/library.ts'
import { lengthOf, songCount, unreadCount } from '../library/segments.ts'
import type { WholeLibrary } from '../library/whole-library.ts'
import { blockSize } from '../spotify/client.ts'
import { commonQuery, markOf } from './common-id.ts'
import { songList, type Answer, type ViewContext } from './song-list.ts'
import { searchedLine, searchedSongs } from './song-messages.ts'
import { timestamp } from './song.ts'

/** A reading that goes on for longer is left to the person to ask for again. */
const maxAttempts = 100

/** To the songs of who has asked what both have liked; `mark`: of their link then, where somebody else looks now. */
export interface CallersRequest extends AccessRequest {
  readonly mark?: string | undefined
}

type Begun = readonly NonNullable<WholeLibrary['reading']>['done'][]

/** The newest songs in common; while libraries are being read, what has been found so far, and then all in its place. */
export async function commonSongs(
  app: App,
  context: ViewContext,
  callers: CallersRequest,
  attempt = 1,
  begun: Begun = [],
): Promise<Answer> {
  const found = await findCommon(app, callers, context.request, { offset: 0 }, begun)
  const isOver = !found.isReading || attempt === maxAttempts
  const shown = commonList(context, callers, found, !isOver)
  if (isOver) return shown
  return { ...shown, continueWith: () => commonSongs(app, context, callers, attempt + 1, found.begun) }
}

/** Another page; the one that is shown stays while a library is being read again. */
export async function commonSongsAt(
  app: App,
  context: ViewContext,
  callers: CallersRequest,
  where: PageRequest,
): Promise<Answer> {
  let begun: Begun = []
  for (let attempt = 1; ; attempt += 1) {
    const found = await findCommon(app, callers, context.request, where, begun)
    const isWaiting = found.libraries.some(({ reading }) => reading?.until)
    const isKnown = found.libraries.every(({ reading, asOf }) => !reading || asOf !== undefined)
    if (!found.isReading || (isWaiting && isKnown)) return commonList(context, callers, found)
    const [reading] = progressLines(found, [callers, context.request])
    if (reading && (attempt === maxAttempts || isWaiting)) throw new UserError('search.pressAgain', { reading })
    begun = found.begun
  }
}

/** The newest of them, once both libraries are there, and how many songs could not be compared. Rejects as access does. */
export async function songsInCommon(
  app: App,
  requests: readonly [callers: AccessRequest, others: AccessRequest],
  most: number,
  tell: (progress: Message) => void,
) {
  let begun: Begun = []
  for (;;) {
    const found = await findCommon(app, ...requests, { offset: 0 }, begun)
    if (!found.isReading) return { songs: found.newest(most), unread: unreadIn(found) }
    const [progress] = progressLines(found, requests)
    if (progress) tell(progress)
    begun = found.begun
  }
}

type FoundCommon = Awaited<ReturnType<typeof findCommon>>

function commonList(context: ViewContext, callers: CallersRequest, found: FoundCommon, isGrowing = false): Answer {
  const { request, ephemeral, caller = callers.viewer, t } = context
  const { page, common, libraries } = found
  const requests = [callers, request]
  const [one = '', other = ''] = requests.map(({ owner }) =>
    ephemeral && owner === callers.viewer ? t('common.you') : `<@${owner}>`,
  )
  const likes = common.map(({ likedAt, isOtherRelease }) => {
    const dates = [one, other].map((name, side) => {
      const time = likedAt[side]
      return time === undefined ? name : t('common.liked', { name, date: timestamp(time, 'D') })
    })
    return [...dates, ...(isOtherRelease ? [t('common.otherRelease')] : [])].join(' · ')
  })
  const stale = libraries.filter(({ asOf }) => asOf !== undefined)
  const [oldest] = stale.toSorted((a, b) => (a.asOf ?? 0) - (b.asOf ?? 0))
  const unread = unreadIn(found)
  const searched = progressLines(found, requests).map((line) => say(t, line))
  const names = { one, other }
  const empty = requests.find((_, side) => lengthOf(libraries[side]?.segments ?? []) === 0)
  const nothing = isGrowing
    ? t('search.nothingSoFar')
    : unread > 0
      ? t('common.nothingYet', names)
      : empty
        ? t('liked.empty.other', { owner: `<@${empty.owner}>` })
        : t('common.nothing', names)
  const heading = isGrowing ? t('common.heading.soFar', names) : t('common.heading', { ...names, count: page.total })
  return songList({ ...page, asOf: oldest?.asOf, failure: oldest?.failure }, context, {
    list: 'common',
    query: commonQuery({ caller: callers.owner, mark: callers.mark ?? found.mark }),
    ...(page.total > 0 && { heading }),
    ...{ likes, nothing, unread, isGrowing },
    ...(searched.length > 0 && { searched: searched.join('\n-# ') }),
    isOwn: requests.some(({ owner }) => owner === caller),
  })
}

function unreadIn({ libraries }: FoundCommon): number {
  return libraries.reduce((sum, { segments }) => sum + unreadCount(segments), 0)
}

/** How far each library has been read that is being read, or why it was not read to its end. */
function progressLines({ libraries }: FoundCommon, requests: readonly AccessRequest[]): Message[] {
  return libraries.flatMap(({ reading, failure, asOf, segments }, side): Message[] => {
    const owner = `<@${requests[side]?.owner}>`
    if (reading) return [{ key: 'common.of', values: { owner, line: searchedLine({ ...reading, asOf }) } }]
    const reason = asOf === undefined && errorMessage(failure)?.message
    if (!reason) return []
    const searched = searchedSongs(songCount(segments), lengthOf(segments), true)
    return [{ key: 'common.of', values: { owner, line: { key: 'search.ended', values: { searched, reason } } } }]
  })
}

/**
 * What is known of both libraries by now, and a page of what is in both. Rejects as access does, for the caller first; it
 * is asked again at the end, since one library may take long.
 */
async function findCommon(
  app: App,
  callers: AccessRequest,
  others: AccessRequest,
  where: PageRequest,
  begun: Begun = [],
) {
  const requests = [callers, others]
  const links = await linksOf(app, requests)
  const [own, other] = await Promise.all([whole(app, callers, begun[0]), whole(app, others, begun[1])])
  const libraries = [own, other]
  // In an order of their own, so that the list is the same for both.
  const isSwapped = callers.owner > others.owner
  const both = isSwapped ? ([other.segments, own.segments] as const) : ([own.segments, other.segments] as const)
  const all = await app.library.compare(both)
  const page = commonPage(both, all, where)
  for (const { failure, isPartial, segments } of libraries) {
    const isLittle = page.total === 0 || songCount(segments) <= 2 * blockSize
    if (failure && isPartial && isLittle) throw failure
  }
  await linksOf(app, requests, links)
  return {
    page,
    newest: (most: number) => newestCommon(both, all, most),
    common: page.common.map((song) => (isSwapped ? { ...song, likedAt: song.likedAt.toReversed() } : song)),
    libraries,
    isReading: libraries.some(({ reading }) => reading),
    // One that has failed is not begun again for as long as the other one is read.
    begun: libraries.map(({ reading, failure }) => reading?.done ?? (failure && Promise.resolve({ failure }))),
    mark: markOf({ id: links[0] ?? '' }),
  }
}

function whole(app: App, request: AccessRequest, begun: Begun[number]): Promise<WholeLibrary> {
  return app.access(request, (library) => library.whole(request.owner, begun))
}

/** By which links they may be looked at, which must not have changed since. */
async function linksOf(app: App, requests: readonly AccessRequest[], before?: readonly string[]): Promise<string[]> {
  const links: string[] = []
  for (const [side, request] of requests.entries()) {
    const link = await app.access(request, async () => {
      const { id } = await app.accounts.get(request.owner)
      if (before && before[side] !== id) throw new NotLinkedError()
      return id
    })
    links.push(link)
  }
  return links
}
