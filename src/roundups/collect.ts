import { setTimeout as sleep } from 'node:timers/promises'
import { ConsentEndedError, NotLinkedError } from '../accounts/errors.ts'
import { runConcurrently } from '../concurrency.ts'
import type { Library } from '../library/library.ts'
import { RateLimitedError } from '../spotify/errors.ts'
import { StoreUnavailableError } from '../store/store.ts'
import { createDigest } from './digest.ts'
import type { RoundupPage } from './stored-roundup.ts'

/** Told after each member how many are done, of how many. */
export type Progress = (done: number, members: number) => void

export interface CollectOptions {
  readonly progress?: Progress
  /** Everybody's songs as they are then or later, in milliseconds; else what is in hand will do. */
  readonly asOf?: number | undefined
  /** After how long those are asked again for whom Spotify had no answer, each in milliseconds. */
  readonly pauses?: readonly number[]
  readonly signal: AbortSignal
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
  { from, until }: Pick<RoundupPage, 'from' | 'until'>,
  { progress = () => undefined, asOf, pauses = [], signal }: CollectOptions,
) {
  const digest = createDigest()
  const missing = new Set<string>()
  const failed = new Set<string>()
  const giveUpAt = performance.now() + longest
  let done = 0

  const ask = async (person: string): Promise<void> => {
    failed.delete(person)
    try {
      const songs = await library.since(person, from, asOf)
      const inSpan = songs.filter(({ addedAt = until }) => addedAt < until)
      digest.add(person, inSpan)
    } catch (error) {
      if (error instanceof StoreUnavailableError) throw error
      if (error instanceof NotLinkedError || error instanceof ConsentEndedError) return
      // Who is made to wait is not asked again before that wait is over.
      if (error instanceof RateLimitedError) missing.add(person)
      else failed.add(person)
    }
  }
  await runConcurrently(members, atOnce, async (person) => {
    signal.throwIfAborted()
    if (performance.now() > giveUpAt) missing.add(person)
    else await ask(person)
    done += 1
    progress(done, members.length)
  })
  for (const pause of pauses) {
    if (failed.size === 0 || performance.now() > giveUpAt) break
    await sleep(pause, undefined, { signal })
    await runConcurrently([...failed], atOnce, ask)
  }
  return { digest, missing: [...missing, ...failed] }
}
