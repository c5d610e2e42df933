import type { Accounts } from '../accounts/accounts.ts'
import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { UserError } from '../errors.ts'
import type { SavedPage } from '../spotify/parse.ts'
import { createAsking } from './asking.ts'
import { concurrency } from './block-fetch.ts'
import { createLane } from './asking.ts'
import { syncLibrary } from './sync.ts'
import { lengthOf, songCount, songsBetween, type Segments } from './segments.ts'
import { freshFor, sameSongs } from './page-cache.ts'

/** What is known of all the liked songs behind one link. */
export interface LibraryIndex {
  segments: Segments
  /** Whether `runs` was the whole list at some time, as far as one reading goes. */
  complete: boolean
  /** When it was last seen to be the list as it is; in milliseconds. */
  at: number
  read: number
  total: number
  /** Until when Spotify has asked to wait, in milliseconds. */
  until: number
  failedAt: number
  /** A front block that somebody has just been shown, and when. */
  seen: SavedPage | undefined
  seenAt: number
  underWay: Promise<void> | undefined
  readonly stop: AbortController
  readonly end: NodeJS.Timeout
}

/** The libraries that this process has in memory, for half an hour after they were last used. */
export interface IndexCache {
  get(link: Link): LibraryIndex
  isFresh(shelf: LibraryIndex): boolean
  /** Reads the list, or what has changed of it; shared by everybody who asks meanwhile. */
  update(person: string, link: Link, shelf: LibraryIndex): Promise<void>
  /** The whole list, when it is in memory as it is. */
  upToDate(link: Link): Segments | undefined
  /** Compares what is in memory with the front of the list as Spotify has just given it. */
  checkFront(link: Link, front: SavedPage): void
  /** Ends a reading that is under way; nothing of it stays. */
  delete(link: Link): void
}

const keptFor = 30 * 60 * 1000
const momentAgo = 10_000

/**
 * Least recently used libraries go first when there are more than `mostSongs` in all.
 *
 * @param about how many songs somebody had a while ago, where that is in hand
 */
export function createIndexCache(
  accounts: Pick<Accounts, 'get' | 'withToken'>,
  now: () => number,
  mostSongs = 500_000,
  about: (link: Link) => number | undefined = () => undefined,
): IndexCache {
  const shelves = new Map<string, LibraryIndex>()
  const lane = createLane(concurrency)

  const self: IndexCache = {
    get({ id }) {
      const shelf = shelves.get(id) ?? emptyShelf(setTimeout(() => drop(id, letGo()), keptFor).unref())
      shelves.delete(id)
      shelves.set(id, shelf)
      shelf.end.refresh()
      return shelf
    },
    isFresh: (shelf) => shelf.complete && shelf.at + freshFor > now(),
    update(person, link, shelf) {
      shelf.underWay ??= read(person, link, shelf).finally(() => (shelf.underWay = undefined))
      return shelf.underWay
    },
    upToDate(link) {
      const shelf = shelves.get(link.id)
      return shelf && self.isFresh(shelf) && shelf.read === shelf.total ? self.get(link).segments : undefined
    },
    checkFront(link, front) {
      const shelf = shelves.get(link.id)
      if (!shelf?.complete) return
      const { songs, total } = front
      const same = total === lengthOf(shelf.segments) && sameSongs(songsBetween(shelf.segments, 0, songs.length), songs)
      shelf.at = same ? now() : -Infinity
      shelf.seen = front
      shelf.seenAt = now()
    },
    delete: ({ id }) => drop(id, new NotLinkedError()),
  }
  return self

  async function read(person: string, link: Link, shelf: LibraryIndex): Promise<void> {
    const { signal } = shelf.stop
    const seen = justSeen(shelf)
    let begun = false
    const once = (offset: number): Promise<SavedPage> => {
      const inHand = !begun && offset === seen?.offset
      begun = true
      return inHand ? Promise.resolve(seen) : load(offset)
    }
    const waits = (until: number): void => void (shelf.until = until)
    const ask = createAsking(once, lane, signal)
    const load = (offset: number): Promise<SavedPage> =>
      accounts.withToken(person, link, (token, api) => api.savedTracks(token, { offset, signal, waits }), {
        background: true,
      })
    try {
      await syncLibrary(shelf.segments, ask, {
        now,
        about: about(link),
        keep(runs) {
          if (!signal.aborted) shelf.segments = runs
        },
        progress(songs, total) {
          // It counts up, also where a list that changes is looked at again.
          shelf.read = Math.max(songs, shelf.total === total ? shelf.read : 0)
          shelf.total = total
          makeRoom()
        },
      })
      // Somebody may have unlinked by way of another process.
      if ((await accounts.get(person)).id !== link.id) throw new NotLinkedError()
      signal.throwIfAborted()
      shelf.complete = true
      shelf.at = now()
      shelf.read = songCount(shelf.segments)
      shelf.total = lengthOf(shelf.segments)
      makeRoom()
    } catch (error) {
      shelf.failedAt = now()
      if (error instanceof NotLinkedError || error instanceof ConsentEndedError) drop(link.id, error)
      throw error
    }
  }

  /** The front that somebody was shown a moment ago need not be asked for again, once. */
  function justSeen(shelf: LibraryIndex): SavedPage | undefined {
    const { seen, seenAt } = shelf
    shelf.seen = undefined
    return seenAt + momentAgo > now() ? seen : undefined
  }

  function makeRoom(): void {
    let songs = [...shelves.values()].reduce((sum, { read }) => sum + read, 0)
    for (const [id, { read }] of shelves) {
      if (songs <= mostSongs || shelves.size === 1) return
      songs -= read
      drop(id, letGo())
    }
  }

  function drop(id: string, reason: Error): void {
    const shelf = shelves.get(id)
    if (!shelf) return
    shelves.delete(id)
    clearTimeout(shelf.end)
    shelf.stop.abort(reason)
    shelf.segments = []
    shelf.complete = false
  }
}

function letGo(): UserError {
  return new UserError('Hearsay has many libraries to read right now. Please try again in a minute.')
}

function emptyShelf(end: NodeJS.Timeout): LibraryIndex {
  return {
    segments: [],
    complete: false,
    at: -Infinity,
    read: 0,
    total: 0,
    until: 0,
    failedAt: -Infinity,
    seen: undefined,
    seenAt: -Infinity,
    underWay: undefined,
    stop: new AbortController(),
    end,
  }
}
