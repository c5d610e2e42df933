import { LRUCache } from 'lru-cache'
import PQueue from 'p-queue'
import type { Accounts } from '../accounts/accounts.ts'
import { isLinkGone, NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { UserError } from '../errors.ts'
import { createSingleFlight } from '../concurrency.ts'
import { insist, unsent, type SpotifyApi } from '../spotify/client.ts'
import { BudgetError, SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'
import type { Reading } from '../spotify/rate-limit/reading-budget.ts'
import { concurrency, type Ask } from './block-fetch.ts'
import type { IndexStore } from './index-store.ts'
import { syncIndex } from './index-sync.ts'
import type { LibraryIndex } from './library-index.ts'
import { clear, emptyIndex, expectLinked, follow, requestsToRead, surePart } from './library-index.ts'
import { emptyList, freshFor, unreadableFor, type CachedList } from './page-cache.ts'
import { lengthOf, songCount, type Segments } from './segments.ts'

/** The libraries that this process has in memory, for half an hour after they were last used. */
export type IndexCache = ReturnType<typeof createIndexCache>

const keptFor = 30 * 60 * 1000
const maxRequests = 1_000
/** How long nobody asks again whether a library can be read. */
const refusedFor = 15 * 60_000
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
  stored?: IndexStore,
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
  return { get, open, isFresh, update, upToDate, frontCheck, delete: deleteIndex }

  /** What is known of a library, without a request to Spotify: what is in memory, else what is stored. */
  async function open(person: string, link: Link): Promise<LibraryIndex> {
    const index = get(link)
    if (await stored?.open(person, link, index)) count(index, songCount(index.segments), lengthOf(index.segments))
    return index
  }

  /** Whether it is the list as it is, but for what Spotify did not send lately. */
  function isFresh(index: LibraryIndex): boolean {
    const { complete, sure, changed, at, read, total, gapsUntil } = index
    if (!complete || sure || changed || at > now() || at + freshFor <= now()) return false
    return read === total || gapsUntil > now()
  }

  /** Reads the list, or what has changed of it; shared by everybody who asks meanwhile. */
  function update(person: string, link: Link, index: LibraryIndex): Promise<void> {
    return shared(index, async () => {
      const { refusal } = index
      if (refusal && refusal.until > now()) throw refusal.error
      const { signal } = index.stop
      const list = listOf(link)
      const save = stored?.watch(person, link, index)
      Object.assign(index, surePart(index), { sure: undefined, found: () => index.segments })
      const { ask, plan, restart, end } = createAsk(person, link, index)
      try {
        const better = async () => stored?.better(person, link, index)
        const saveSoFar = (sure: () => Segments | undefined) => stored?.saveSoFar(person, link, index, sure)
        await syncIndex(index, { ask, plan, now, list, better, restart, saveSoFar, count })
        await expectLinked(accounts, person, link)
        signal.throwIfAborted()
        // No later than Spotify is asked again for what it did not send.
        const gapsUntil = index.gapsUntil > now() ? index.gapsUntil : now() + unreadableFor
        Object.assign(index, { complete: true, changed: false, at: now(), gapsUntil })
        count(index, songCount(index.segments), lengthOf(index.segments))
      } catch (error) {
        if (isLinkGone(error)) deleteIndex(link, error)
        if (error instanceof BudgetError) index.refusal = { error, until: Math.min(error.until, now() + refusedFor) }
        throw error
      } finally {
        index.found = undefined
        save?.()
        end()
      }
    })
  }

  /** The index, when the whole list is in memory as it is. */
  function upToDate(link: Link): LibraryIndex | undefined {
    const index = indexes.peek(link.id)
    return index && isFresh(index) && index.read === index.total ? indexes.get(link.id) : undefined
  }

  /**
   * Gives what compares the index with the front of the list, asked for at that time, once Spotify has sent it. Where
   * the front shows all that has changed, the index is up to date from then on. In the background an index is not
   * opened for it.
   */
  function frontCheck(
    person: string,
    link: Link,
    background: boolean,
    at = now(),
  ): (front: SavedPage) => Promise<void> {
    const opening = background ? Promise.resolve(indexes.peek(link.id)) : open(person, link).catch(() => undefined)
    return async (front) => {
      const index = await opening
      // What a later request has told, or one of a reading tells, is newer.
      if (!index?.complete || index.sure || index.found || Math.max(index.at, index.front?.at ?? 0) > at) return
      const save = stored?.watch(person, link, index)
      if (follow(index, front, at)) count(index, songCount(index.segments), lengthOf(index.segments))
      save?.()
    }
  }

  /** Ends a reading that is under way; nothing of it stays. */
  function deleteIndex(link: Link, reason: Error = new NotLinkedError()): void {
    const index = indexes.peek(link.id)
    indexes.delete(link.id)
    stored?.forget(link)
    if (index) clear(index, reason)
  }

  /** Eight at once through one app, within its day. Waits are the Spotify client's. */
  function createAsk(person: string, link: Link, index: LibraryIndex) {
    const signal = stored ? AbortSignal.any([index.stop.signal, stored.closing]) : index.stop.signal
    const queue = queues.memo(link.clientId)
    const waits = (until: number): void => void (index.until = until)
    // What somebody was shown a moment ago need not be asked for again, once.
    const front = index.front && index.front.at + 10_000 > now() ? index.front.page : undefined
    index.front = undefined
    const start = (api: SpotifyApi): Reading =>
      api.startReading({
        isUpdate: index.complete,
        isKept: stored?.keeps ?? false,
        about: requestsToRead(index, listOf(link).total),
      })
    let reading: Reading | undefined
    const withReading = <T>(work: (reading: Reading, token: string, api: SpotifyApi) => Promise<T>): Promise<T> => {
      const open = (token: string, api: SpotifyApi) => work((reading ??= start(api)), token, api)
      return accounts.withToken(person, link, open, { background: true })
    }
    let asked = 0
    let insists = mostInsists
    const once: Ask = async (offset) => {
      asked += 1
      if (asked === 1 && offset === front?.offset) return front
      if (asked > maxRequests) throw new SpotifyDownError(`The list was not read within ${maxRequests} requests`)
      const request = (reading: Reading, token: string, api: SpotifyApi) =>
        reading.run((admit) => api.savedTracks(token, { offset, signal, waits, admit, purpose: 'library' }))
      return queue.add(() => withReading(request), { signal })
    }
    const ask: Ask = async (offset) => {
      const page = await once(offset)
      if (unsent(page) === 0 || insists === 0) return page
      insists -= 1
      const fuller = await insist(page, () => once(offset))
      if (unsent(fuller) === 0) insists += 1
      return fuller
    }
    const restart = (): void => {
      reading?.end()
      reading = undefined
    }
    const plan = (requests: number) => withReading((one) => one.plan(requests))
    return { ask, plan, restart, end: () => reading?.end() }
  }

  function count(index: LibraryIndex, read: number, total: number): void {
    Object.assign(index, { read, total })
    if (indexes.peek(index.id) !== index) return
    // Setting the same index again would keep the size that was calculated before.
    indexes.delete(index.id)
    indexes.set(index.id, index)
  }
}
