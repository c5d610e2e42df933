import { setTimeout as sleep } from 'node:timers/promises'
import { isLinkGone } from '../accounts/errors.ts'
import { runConcurrently } from '../concurrency.ts'
import { PartlyReadError, type Library } from '../library/library.ts'
import { RateLimitedError, SpotifyDownError } from '../spotify/errors.ts'
import type { Song } from '../spotify/parse.ts'
import { StoreUnavailableError, UnreadableRecordError } from '../store/store.ts'
import type { RoundupPage } from './roundup-page.ts'

/** Told after each member how many are done, of how many. */
export type Progress = (done: number, members: number) => void

export interface CollectOptions {
  readonly progress?: Progress
  /** Everybody's songs as they are then or later, in milliseconds; else what is in hand will do. */
  readonly asOf?: number | undefined
  /** After how long those are asked again for whom Spotify had no answer, each in milliseconds. */
  readonly pauses?: readonly number[]
  /** Leaves out songs that Spotify says are explicit. */
  readonly hideExplicit?: boolean
  readonly signal: AbortSignal
}

const atOnce = 8
/** Members who are asked again before the others, while Spotify has had no answer for anybody. */
const probes = 2
// The answer to a command can be changed for fifteen minutes.
const longest = 10 * 60 * 1000

/**
 * Takes what the members saved in the span, several asked at once and none held for longer than it takes to `add` them;
 * `isCut`: the newest of it only.
 * A member whose link is over is `ended`; one who cannot be asked, or for part of it only, is missing, and so is
 * everybody who has not had their turn after ten minutes. While Spotify answers for nobody, a dozen requests find that
 * out, and the others are not asked. Rejects with StoreUnavailableError, and with the signal's reason.
 */
export async function collect(
  library: Pick<Library, 'since'>,
  members: readonly string[],
  { from, until }: Pick<RoundupPage, 'from' | 'until'>,
  { progress = () => undefined, asOf, pauses = [], hideExplicit = false, signal }: CollectOptions,
  add: (person: string, songs: readonly Song[], isCut: boolean) => Promise<void>,
) {
  const missing = new Set<string>()
  const ended = new Set<string>()
  const failed = new Set<string>()
  const isIn = ({ addedAt = until, explicit }: Song): boolean => addedAt < until && !(hideExplicit && explicit)
  let answered = 0
  let down = 0
  const giveUpAt = performance.now() + longest
  let done = 0

  const ask = async (person: string): Promise<void> => {
    failed.delete(person)
    const liked = await likedBy(person)
    if (liked) await add(person, liked.songs.filter(isIn), liked.isCut)
  }
  /** What Spotify sends, if anything. */
  const likedBy = async (person: string) => {
    try {
      const liked = await library.since(person, from, asOf, hideExplicit)
      answered += 1
      return liked
    } catch (error) {
      // A record that cannot be read is one member's, and no fault of the store.
      if (error instanceof StoreUnavailableError && !(error instanceof UnreadableRecordError)) throw error
      if (error instanceof PartlyReadError) {
        answered += 1
        failed.add(person)
        return { songs: error.songs, isCut: false }
      }
      if (error instanceof SpotifyDownError) down += 1
      if (isLinkGone(error)) ended.add(person)
      // Who is made to wait is not asked again before that wait is over.
      else if (error instanceof RateLimitedError) missing.add(person)
      else failed.add(person)
      return undefined
    }
  }
  const take = async (person: string): Promise<void> => {
    signal.throwIfAborted()
    if (performance.now() > giveUpAt) missing.add(person)
    else if (answered === 0 && down >= atOnce) failed.add(person)
    else await ask(person)
    done += 1
    progress(done, members.length)
  }
  await runConcurrently(members.slice(0, atOnce), atOnce, take)
  await runConcurrently(members.slice(atOnce), atOnce, take)
  for (const pause of pauses) {
    if (failed.size === 0 || performance.now() > giveUpAt) break
    await sleep(pause, undefined, { signal })
    for (const person of [...failed].slice(0, probes)) if (answered === 0) await ask(person)
    if (answered > 0) await runConcurrently([...failed], atOnce, ask)
  }
  return { missing: [...missing, ...failed], ended: [...ended] }
}
