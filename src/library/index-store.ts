import { setTimeout as sleep } from 'node:timers/promises'
import type { LibraryIndexes } from '../accounts/library-indexes.ts'
import type { Link } from '../accounts/links.ts'
import { createSingleFlight } from '../concurrency.ts'
import { UserError } from '../errors.ts'
import { decodeIndex, encodeIndex, headOf, isOtherVersion, type StoredIndex } from './index-format.ts'
import { isSameList, surePart, type LibraryIndex } from './library-index.ts'
import { freshFor } from './page-cache.ts'
import { songCount, type Segments } from './segments.ts'

const minute = 60_000
const leastForPart = 48 * 60 * minute

interface Save {
  readonly person: string
  readonly link: Link
  readonly index: StoredIndex
}

/** What is stored of libraries, for `hours` after their last use; with 0 nothing is. No failure of it is a person's. */
export type IndexStore = ReturnType<typeof createIndexStore>

export function createIndexStore(indexes: LibraryIndexes, hours: number, now = Date.now) {
  const ttl = hours * 60 * minute
  const ttlOf = ({ complete }: Pick<StoredIndex, 'complete'>): number => (complete ? ttl : Math.max(ttl, leastForPart))
  const touchAfter = Math.min(10 * minute, ttl / 20)
  const lookedAt = new WeakMap<LibraryIndex, number>()
  const loadedAs = new WeakMap<LibraryIndex, number>()
  const savedAt = new WeakMap<LibraryIndex, number>()
  const usedAt = new WeakMap<LibraryIndex, number>()
  const loads = createSingleFlight<boolean, LibraryIndex>()
  // By the link's id: what is to be saved next, and what saves it.
  const waiting = new Map<string, Save>()
  const saving = new Map<string, Promise<void>>()
  const watched = new Set<Promise<void>>()
  const closing = new AbortController()
  let hurry = new AbortController()
  let hurrying = 0

  return { keeps: ttl > 0, open, better, watch, saveSoFar, forget, describe, settled, close, closing: closing.signal }

  /** Fills an index of which nothing is in memory from the store; true when it did. Else it is used, and lives on. */
  async function open(person: string, link: Link, index: LibraryIndex): Promise<boolean> {
    if (index.found || (isEmpty(index) && (lookedAt.get(index) ?? -Infinity) + minute > now())) return false
    if (isEmpty(index)) return loads(index, () => fill(person, link, index))
    if (ttl > 0) void use(person, link, index).catch(() => undefined)
    return false
  }

  async function fill(person: string, link: Link, index: LibraryIndex): Promise<boolean> {
    const stored = await load(person, link).catch(() => null)
    // That nothing came does not say that nothing is there.
    if (stored === null) return false
    lookedAt.set(index, now())
    if (!stored || !isEmpty(index) || index.found || index.stop.signal.aborted) return false
    Object.assign(index, stored)
    loadedAs.set(index, stored.seenAt)
    await use(person, link, index).catch(() => undefined)
    return true
  }

  /** What another process has stored since, where it is more or newer than what is in memory. Never rejects. */
  async function better(person: string, link: Link, index: LibraryIndex): Promise<StoredIndex | undefined> {
    const stored = ttl > 0 && (await load(person, link).catch(() => undefined))
    if (!stored || loadedAs.get(index) === stored.seenAt) return undefined
    const has = surePart(index)
    const [more, newer] = [songCount(stored.segments) > songCount(has.segments), stored.seenAt > has.at]
    if (stored.complete === has.complete ? !(stored.complete ? newer : more) : has.complete) return undefined
    loadedAs.set(index, stored.seenAt)
    return stored
  }

  /** With when it was last seen by the clock of who stored it. */
  async function load(person: string, link: Link): Promise<(StoredIndex & { seenAt: number }) | undefined> {
    // It is from before nothing was to be stored any more.
    if (ttl === 0) await indexes.drop(person, link)
    const bytes = ttl > 0 && (await indexes.read(person, link))
    if (!bytes || isOtherVersion(bytes)) return undefined
    try {
      const index = await decodeIndex(bytes)
      // A front page has to confirm it: nobody knows what has changed since, nor that clocks agree.
      return { ...index, seenAt: index.at, at: Math.min(index.at, now() - freshFor) }
    } catch {
      // Torn when a machine lost its power: it is read anew.
      await indexes.deleteBytes(link)
      return undefined
    }
  }

  /** What is not there any more is saved again. */
  async function use(person: string, link: Link, index: LibraryIndex): Promise<void> {
    if ((usedAt.get(index) ?? -Infinity) + touchAfter > now()) return
    usedAt.set(index, now())
    if (await indexes.touch(link, ttlOf(index))) return
    usedAt.delete(index)
    // While it is read, that is for the end of the reading.
    if (!index.found) save(person, link, index)
  }

  /** Takes note of an index that may be about to change. Call what it gives afterwards: it saves what is new. */
  function watch(person: string, link: Link, index: LibraryIndex): () => void {
    const { segments, complete } = index
    const { promise, resolve } = Promise.withResolvers<void>()
    watched.add(promise)
    savedAt.set(index, now())
    return () => {
      const isNew = index.complete !== complete || !isSameList(segments, index.segments)
      if (isNew || !usedAt.has(index)) save(person, link, index)
      watched.delete(promise)
      resolve()
    }
  }

  /** In the background, and once a minute at most, since lists are read in several goes. */
  function save(person: string, link: Link, index: LibraryIndex): void {
    if (ttl === 0 || isEmpty(index) || index.stop.signal.aborted) return
    usedAt.set(index, now())
    put({ person, link, index: surePart(index) })
  }

  /** What is sure of what a reading has found so far, so that a crash loses a minute of it at most. */
  function saveSoFar(person: string, link: Link, index: LibraryIndex, sure: () => Segments | undefined): void {
    if (ttl === 0 || index.complete || (savedAt.get(index) ?? Infinity) + minute > now()) return
    savedAt.set(index, now())
    const segments = sure()
    if (segments) put({ person, link, index: { segments, complete: false, at: index.at } })
  }

  function put(next: Save): void {
    const { link } = next
    waiting.set(link.id, next)
    if (!saving.has(link.id)) saving.set(link.id, saveAll(link.id))
  }

  async function saveAll(id: string): Promise<void> {
    while (waiting.has(id)) {
      await saveNext(id)
      await sleep(minute, undefined, { ref: false, signal: hurry.signal }).catch(() => undefined)
    }
    saving.delete(id)
  }

  /** In a function of its own: the minute of rest after it holds no song. */
  async function saveNext(id: string): Promise<void> {
    const next = waiting.get(id)
    waiting.delete(id)
    if (next) await write(next).catch(() => undefined)
  }

  /** Where a load has failed, a part that was read since does not take the place of the whole. */
  async function write({ person, link, index }: Save): Promise<void> {
    const mayReplace = (bytes: Buffer): boolean => {
      const before = headOf(bytes)
      return !before?.complete || before.songs <= songCount(index.segments)
    }
    await indexes.write(person, link, await encodeIndex(index), ttlOf(index), index.complete ? undefined : mayReplace)
  }

  /** Saves nothing more of this link. */
  function forget({ id }: Link): void {
    waiting.delete(id)
  }

  /** Undefined where the person's record has no key for one; `songs` is null where nothing can be read. Never rejects. */
  async function describe(person: string, link: Link) {
    if (!link.libraryIndex) return undefined
    const stat = await indexes.stat(link).catch(() => undefined)
    const bytes = stat && (await indexes.read(person, link).catch(() => undefined))
    const until = stat ? new Date(stat.until).toISOString() : null
    return { songs: (bytes && headOf(bytes)?.songs) ?? null, bytes: stat?.bytes ?? 0, until, key: 'present' }
  }

  /** Resolves when what is read now has been read, and all is saved that is to be. */
  async function settled(): Promise<void> {
    hurrying += 1
    hurry.abort()
    await Promise.all(watched)
    await Promise.all(saving.values())
    hurrying -= 1
    if (hurrying === 0) hurry = new AbortController()
  }

  /** Ends what is read now, and saves what there is of it. */
  async function close(): Promise<void> {
    closing.abort(new UserError('dispatch.restarting'))
    await settled()
  }
}

function isEmpty({ segments, complete }: StoredIndex): boolean {
  return segments.length === 0 && !complete
}
