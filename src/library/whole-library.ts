import { setTimeout as sleep } from 'node:timers/promises'
import type { Accounts } from '../accounts/accounts.ts'
import { isLinkGone } from '../accounts/errors.ts'
import { isUnavailable } from './block-reader.ts'
import { expectLinked } from './library-index.ts'
import type { IndexCache } from './index-cache.ts'
import type { Segments } from './segments.ts'

/** All liked songs of somebody, as far as they are known. */
export interface WholeLibrary {
  readonly segments: Segments
  /** Set where this was the whole list at that time, in milliseconds, and may not be it now. */
  readonly asOf: number | undefined
  /** What has ended the reading of the library before it was complete, or up to date. */
  readonly failure?: Error | undefined
  /** Whether parts of the list have not been read. */
  readonly isPartial: boolean
  /** Set while it is being read. */
  readonly reading?: LibraryReading
}

interface LibraryReading {
  readonly read: number
  /** 0 while it is not known yet. */
  readonly total: number
  /** Until when Spotify has asked to wait, in milliseconds; undefined when it has not. */
  readonly until: number | undefined
  /** Resolves when the reading has ended, with what ended it before its time; undefined when another has to begin. */
  readonly done: Promise<{ readonly failure: Error | undefined }> | undefined
}

/**
 * Begins to read a library, or to bring it up to date; where that takes longer than `patience` in milliseconds, gives what
 * is known by then, to be asked again with `done` of that answer. Rejects with what keeps it from being read at all.
 */
export function createWholeLibraries(
  accounts: Pick<Accounts, 'get'>,
  indexes: Pick<IndexCache, 'open' | 'isFresh' | 'update' | 'delete'>,
  now: () => number,
  patience: number,
) {
  return async (person: string, begun?: LibraryReading['done']): Promise<WholeLibrary> => {
    const link = await accounts.get(person)
    const index = await indexes.open(person, link)
    if (indexes.isFresh(index)) return { segments: index.segments, asOf: undefined, isPartial: false }
    const before = index.complete ? index.at : undefined
    const done = begun ?? indexes.update(person, link, index).then(() => ({ failure: undefined }), failed)
    const ended = await Promise.race([done, sleep(patience, undefined, { ref: false })])
    const failure = ended?.failure
    if (failure && !isUnavailable(failure)) throw failure
    if (failure || !ended) {
      await expectLinked(accounts, person, link).catch((error: unknown) => {
        if (isLinkGone(error)) indexes.delete(link, error)
        throw error
      })
    }
    const segments = (index.complete ? undefined : index.found?.()) ?? index.segments
    const asOf = ended && !failure ? undefined : before
    const known = { segments, asOf, isPartial: !index.complete }
    if (failure || (ended && index.complete)) return { ...known, failure }
    const { read, total, until } = index
    return {
      ...known,
      reading: { read, total, until: until > now() ? until : undefined, done: ended ? undefined : done },
    }
  }
}

function failed(error: unknown): { failure: Error } {
  return { failure: error instanceof Error ? error : new Error(String(error)) }
}
