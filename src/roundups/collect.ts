import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import { sideBySide } from '../library/lane.ts'
import type { Library } from '../library/library.ts'
import { StoreUnavailableError } from '../store/store.ts'
import { createDigest, type Digest } from './digest.ts'

/** From when, inclusive, until when, exclusive, in milliseconds. */
export interface Span {
  readonly from: number
  readonly until: number
}

export interface Collection {
  readonly digest: Digest
  /** Who takes part but could not be asked. */
  readonly missing: readonly string[]
}

export interface Progress {
  readonly done: number
  readonly of: number
}

const atOnce = 8
// The answer to a command can be changed for fifteen minutes.
const longest = 10 * 60 * 1000

/**
 * What the members saved in the span, several asked at once and none held for longer than it takes to read them.
 * A member whose link has ended is passed over; one who cannot be asked is missing, and so is everybody who has not
 * had their turn after ten minutes. Rejects with StoreUnavailableError, and with the signal's reason.
 */
export async function collect(
  library: Pick<Library, 'since'>,
  members: readonly string[],
  { from, until }: Span,
  { progress = () => undefined, signal }: { progress?: (progress: Progress) => void; signal: AbortSignal },
): Promise<Collection> {
  const digest = createDigest()
  const missing: string[] = []
  const giveUpAt = performance.now() + longest
  let done = 0

  const ask = async (person: string): Promise<void> => {
    try {
      const songs = await library.since(person, from)
      digest.add(
        person,
        songs.filter(({ addedAt = until }) => addedAt < until),
      )
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error
      if (!(error instanceof NotLinkedError || error instanceof ConsentEndedError)) missing.push(person)
    }
  }
  await sideBySide(members, atOnce, async (person) => {
    signal.throwIfAborted()
    if (performance.now() > giveUpAt) missing.push(person)
    else await ask(person)
    done += 1
    progress({ done, of: members.length })
  })
  return { digest, missing }
}
