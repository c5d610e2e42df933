import type { Ask } from './block-fetch.ts'
import type { StoredIndex } from './index-format.ts'
import type { LibraryIndex } from './library-index.ts'
import type { CachedList } from './page-cache.ts'
import type { Segments } from './segments.ts'
import { syncLibrary } from './sync.ts'

interface IndexSource {
  readonly ask: Ask
  readonly plan: (requests: number) => Promise<void>
  readonly now: () => number
  /** What else is cached of the same list. */
  readonly list: Pick<CachedList, 'blocks' | 'total' | 'unreadable' | 'short'>
  /** What another process has stored since, where it is better than what is in memory. */
  readonly better: () => Promise<StoredIndex | undefined>
  /** Ends what counts the requests: what is read after it counts anew. */
  readonly restart: () => void
  readonly saveSoFar: (sure: () => Segments | undefined) => void
  readonly count: (index: LibraryIndex, read: number, total: number) => void
}

// So many requests are not worth a look at the store.
const few = 10

/** Reads the list behind an index, or what has changed of it; what another process has stored by then is not read. */
export async function syncIndex(index: LibraryIndex, source: IndexSource, isSecond = false): Promise<void> {
  const { ask, plan, now, list, better, restart, saveSoFar, count } = source
  const { signal } = index.stop
  let [stored, isLooked]: [StoredIndex | undefined, boolean] = [undefined, isSecond]
  const reading = syncLibrary(index.segments, ask, {
    now,
    async plan(requests) {
      if (!isLooked && requests > few) {
        isLooked = true
        stored = await better()
      }
      if (stored) throw new Error('Another process has stored it')
      await plan(requests)
    },
    about: list.blocks.size > 0 ? list.total : undefined,
    unreadable: list.unreadable,
    short: list.short,
    keep(segments: Segments, sure?: Segments) {
      if (!signal.aborted && !stored) Object.assign(index, { segments, sure })
    },
    progress(songs, total, found, sure) {
      if (!signal.aborted) index.found = found
      if (!signal.aborted) saveSoFar(sure)
      // It counts up, also where a list that changes is read again.
      count(index, Math.max(songs, index.total === total ? index.read : 0), total)
    },
  })
  await reading.catch((error: unknown) => {
    signal.throwIfAborted()
    if (!stored) throw error
    restart()
    Object.assign(index, stored)
    return syncIndex(index, source, true)
  })
}
