import type { Accounts } from '../accounts/accounts.ts'
import { NotLinkedError } from '../accounts/errors.ts'
import type { Link } from '../accounts/links.ts'
import { blockSize } from '../spotify/client.ts'
import type { BudgetError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'
import { withFront } from './front-change.ts'
import { sameSongs } from './page-cache.ts'
import { lengthOf, songCount, songsBetween, unreadCount, type Segments } from './segments.ts'

/** What is known of all the liked songs behind one link. */
export type LibraryIndex = ReturnType<typeof emptyIndex>

export function emptyIndex(id: string) {
  return {
    id,
    segments: [] as Segments,
    /** Whether `segments` was the whole list at some time, as far as one reading goes. */
    complete: false,
    /** What the next reading goes on from, where the list changed all the time and not all of `segments` is sure. */
    sure: undefined as Segments | undefined,
    /** Whether the list is known to have changed in a way that is not. */
    changed: false,
    /** When it was last seen to be the list as it is; in milliseconds. */
    at: -Infinity,
    /** Until when places that are unknown are left so, in milliseconds. */
    gapsUntil: 0,
    /** While it is being read: makes the list as far as it is known by now. */
    found: undefined as (() => Segments) | undefined,
    read: 0,
    total: 0,
    /** Until when Spotify has asked to wait, in milliseconds. */
    until: 0,
    /** Why it is not read, and until when that is not asked again; in milliseconds. */
    refusal: undefined as { readonly error: BudgetError; readonly until: number } | undefined,
    /** A front block that somebody has just been shown, and when. */
    front: undefined as { readonly page: SavedPage; readonly at: number } | undefined,
    stop: new AbortController(),
  }
}

/**
 * Before anything from memory is shown to whom it took a while: rejects with NotLinkedError or ConsentEndedError where
 * that link is gone, also by way of another process.
 */
export async function expectLinked(accounts: Pick<Accounts, 'get'>, person: string, { id }: Link): Promise<void> {
  if ((await accounts.get(person)).id !== id) throw new NotLinkedError()
}

/** Whether the whole list is known as it was at some time, and not known to have changed in a way that is not. */
export function isWhole({ complete, sure, changed, found, read, total }: LibraryIndex): boolean {
  return complete && !sure && !changed && !found && read === total
}

/** How many requests it takes to read what is not known of a list of so many songs, where that is known; at most, as a rule. */
export function requestsToRead({ segments, complete }: LibraryIndex, total: number): number | undefined {
  const songs = Math.max(unreadCount(segments), total - songCount(segments))
  if (complete || songs <= 0) return undefined
  const blocks = Math.ceil(songs / blockSize)
  if (segments.length === 0) return blocks
  // The front before and after, and the halvings that tell where what is known has moved to.
  const hasMoved = total > 0 && total !== lengthOf(segments)
  return blocks + 2 + (hasMoved ? Math.ceil(Math.log2(total / blockSize + 1)) : 0)
}

/** What of an index may be stored, and read on from. */
export function surePart<Index extends Pick<LibraryIndex, 'segments' | 'complete' | 'sure' | 'at'>>(index: Index) {
  const { segments, complete, sure, at } = index
  return sure ? { segments: sure, complete: songCount(sure) === lengthOf(sure), at } : { segments, complete, at }
}

/** Brings it up to date by the front of the list as it was at that time; false where the front does not tell all. */
export function follow(index: LibraryIndex, front: SavedPage, at: number): boolean {
  const segments = withFront(index.segments, front)
  Object.assign(index, { changed: !segments, front: { page: front, at } }, segments && { segments, at })
  return segments !== undefined
}

/** Ends its reading, if there is one. */
export function clear(index: LibraryIndex, reason: Error): void {
  index.stop.abort(reason)
  Object.assign(index, { segments: [], sure: undefined, complete: false, found: undefined, front: undefined })
}

/** Whether no song has come or gone: who saves one while they remove another has a new front. */
export function isSameList(one: Segments, other: Segments): boolean {
  const [front, otherFront] = [one, other].map((segments) => songsBetween(segments, 0, blockSize))
  const isAsLong = lengthOf(one) === lengthOf(other) && songCount(one) === songCount(other)
  return isAsLong && sameSongs(front ?? [], otherFront ?? [])
}
