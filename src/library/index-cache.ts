import { LRUCache } from 'lru-cache'
import PQueue from 'p-queue'
import type { Accounts } from '../accounts/accounts.ts'
import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { UserError } from '../errors.ts'
import { createSingleFlight } from '../concurrency.ts'
import { insist, unsent, type SpotifyApi } from '../spotify/client.ts'
import { SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'
import { concurrency, type Ask } from './block-fetch.ts'
import { emptyList, freshFor, sameSongs, type CachedList } from './page-cache.ts'
import { lengthOf, songCount, songsBetween, type Segments } from './segments.ts'
import { syncLibrary } from './sync.ts'

/** What is known of all the liked songs behind one link. */
export type LibraryIndex = ReturnType<typeof emptyIndex>

/** The libraries that this process has in memory, for half an hour after they were last used. */
export type IndexCache = ReturnType<typeof createIndexCache>

const keptFor = 30 * 60 * 1000
const maxRequests = 1_000
/** How many pages of one reading may be asked for again in vain because they are short. */
const mostInsists = 2

/** What a song takes in memory, as `npm run bench` measures it over several languages, in bytes. */
export const indexedSongBytes = 180

/** Least recently used libraries go first beyond `maxBytes`. `listOf`: what else is cached of the same list. */
export function createIndexCache(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  now: () => number,
  maxBytes = 500_000 * indexedSongBytes,
  listOf: (link: Link) => Pick<CachedList, 'blocks' | 'total' | 'unreadable' | 'short'> = () => emptyList('', now),
) {
  const indexes = new LRUCache<string, LibraryIndex>({
    maxSize: maxBytes,
    sizeCalculation: ({ read }) => Math.min(Math.max(read, 1) * indexedSongBytes, maxBytes),
    ttl: keptFor,
    ttlResolution: 0,
    updateAgeOnGet: true,
    perf: { now },
    memoMethod: emptyIndex,
    dispose(index, _, reason) {
      if (reason !== 'delete') clear(index, new UserError('library.tooBusy'))
    },
  })
  setInterval(() => indexes.purgeStale(), 60_000).unref()
  // Readings through one Spotify app share its turns, and wait for nobody whose app Spotify has told to wait.
  const queues = new LRUCache<string, PQueue>({ max: 1_000, memoMethod: () => new PQueue({ concurrency }) })
  const shared = createSingleFlight<void, LibraryIndex>()

  const get = ({ id }: Link): LibraryIndex => indexes.memo(id)
  return { get, isFresh, update, upToDate, checkFront, delete: deleteIndex }

  function isFresh(index: LibraryIndex): boolean {
    return index.complete && index.at + freshFor > now()
  }

  /** Reads the list, or what has changed of it; shared by everybody who asks meanwhile. */
  function update(person: string, link: Link, index: LibraryIndex): Promise<void> {
    return shared(index, async () => {
      const { signal } = index.stop
      const { blocks, total, unreadable, short } = listOf(link)
      try {
        await syncLibrary(index.segments, createAsk(person, link, index), {
          now,
          about: blocks.size > 0 ? total : undefined,
          unreadable,
          short,
          keep(segments) {
            if (!signal.aborted) index.segments = segments
          },
          progress(songs, total) {
            // It counts up, also where a list that changes is read again.
            count(index, Math.max(songs, index.total === total ? index.read : 0), total)
          },
        })
        // Somebody may have unlinked by way of another process.
        if ((await accounts.get(person)).id !== link.id) throw new NotLinkedError()
        signal.throwIfAborted()
        index.complete = true
        index.at = now()
        count(index, songCount(index.segments), lengthOf(index.segments))
      } catch (error) {
        index.failedAt = now()
        if (error instanceof NotLinkedError || error instanceof ConsentEndedError) deleteIndex(link, error)
        throw error
      }
    })
  }

  /** The index, when the whole list is in memory as it is. */
  function upToDate(link: Link): LibraryIndex | undefined {
    const index = indexes.peek(link.id)
    return index && isFresh(index) && index.read === index.total ? indexes.get(link.id) : undefined
  }

  /** Compares what is in memory with the front of the list as Spotify has just sent it. */
  function checkFront({ id }: Link, front: SavedPage): void {
    const index = indexes.peek(id)
    if (!index?.complete) return
    const { songs, total } = front
    const same = total === lengthOf(index.segments) && sameSongs(songsBetween(index.segments, 0, songs.length), songs)
    index.at = same ? now() : -Infinity
    index.front = { page: front, at: now() }
  }

  /** Ends a reading that is under way; nothing of it stays. */
  function deleteIndex({ id }: Link, reason: Error = new NotLinkedError()): void {
    const index = indexes.peek(id)
    indexes.delete(id)
    if (index) clear(index, reason)
  }

  /** Eight at once through one app. Waits are the Spotify client's. */
  function createAsk(person: string, link: Link, index: LibraryIndex): Ask {
    const { signal } = index.stop
    const queue = queues.memo(link.clientId)
    const waits = (until: number): void => void (index.until = until)
    // What somebody was shown a moment ago need not be asked for again, once.
    const front = index.front && index.front.at + 10_000 > now() ? index.front.page : undefined
    index.front = undefined
    let asked = 0
    let insists = mostInsists
    const once: Ask = async (offset) => {
      asked += 1
      if (asked === 1 && offset === front?.offset) return front
      if (asked > maxRequests) throw new SpotifyDownError(`The list was not read within ${maxRequests} requests`)
      const ask = (token: string, api: SpotifyApi) => api.savedTracks(token, { offset, signal, waits })
      return queue.add(() => accounts.withToken(person, link, ask, { background: true }), { signal })
    }
    return async (offset) => {
      const page = await once(offset)
      if (unsent(page) === 0 || insists === 0) return page
      insists -= 1
      const fuller = await insist(page, () => once(offset))
      if (unsent(fuller) === 0) insists += 1
      return fuller
    }
  }

  function count(index: LibraryIndex, read: number, total: number): void {
    Object.assign(index, { read, total })
    if (indexes.peek(index.id) !== index) return
    // Setting the same index again would keep the size that was calculated before.
    indexes.delete(index.id)
    indexes.set(index.id, index)
  }
}

/** Ends its reading, if there is one. */
function clear(index: LibraryIndex, reason: Error): void {
  index.stop.abort(reason)
  Object.assign(index, { segments: [], complete: false, front: undefined })
}

function emptyIndex(id: string) {
  return {
    id,
    segments: [] as Segments,
    /** Whether `segments` was the whole list at some time, as far as one reading goes. */
    complete: false,
    /** When it was last seen to be the list as it is; in milliseconds. */
    at: -Infinity,
    read: 0,
    total: 0,
    /** Until when Spotify has asked to wait, in milliseconds. */
    until: 0,
    failedAt: -Infinity,
    /** A front block that somebody has just been shown, and when. */
    front: undefined as { readonly page: SavedPage; readonly at: number } | undefined,
    stop: new AbortController(),
  }
}
