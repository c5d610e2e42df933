import { setTimeout as sleep } from 'node:timers/promises'
import { RateLimitedError, SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'

/** Asks for the block at an offset. Rejects with what is beyond patience. */
export type Ask = (offset: number) => Promise<SavedPage>

/** What makes the asking of one reading patient and bounded. Times in milliseconds. */
export interface Patience {
  readonly lane: Lane
  /** Aborted with the error that the reading is to end with. */
  readonly signal: AbortSignal
  readonly now: () => number
  /** Called when Spotify has asked to wait until then. */
  waits(until: number): void
}

const mostRequests = 1_000

const longestWait = 2 * 60_000
const mostWaits = 5
const triesWhenDown = 2
const pauseWhenDown = 500

export function createAsking(ask: Ask, { lane, signal, now, waits }: Patience): Ask {
  let asked = 0
  return async (offset) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await lane(() => once(offset))
      } catch (error) {
        const pause = signal.aborted ? undefined : pauseFor(error, attempt)
        if (pause === undefined) throw error
        // A process that is told to end does not wait for this; a reading that is told to end learns it next.
        await sleep(pause, undefined, { ref: false, signal }).catch(() => undefined)
      }
    }
  }

  async function once(offset: number): Promise<SavedPage> {
    signal.throwIfAborted()
    asked += 1
    if (asked > mostRequests) throw new SpotifyDownError(`The list was not read within ${mostRequests} requests`)
    const page = await ask(offset)
    signal.throwIfAborted()
    return page
  }

  function pauseFor(error: unknown, attempt: number): number | undefined {
    if (error instanceof RateLimitedError) {
      waits(error.until)
      const wait = error.until - now()
      return wait <= longestWait && attempt <= mostWaits ? Math.max(wait, 0) + 50 : undefined
    }
    return error instanceof SpotifyDownError && attempt < triesWhenDown ? pauseWhenDown : undefined
  }
}

/** Lets a number of works run at once; the others wait for their turn, first come, first served. */
export type Lane = <T>(work: () => Promise<T>) => Promise<T>

export function createLane(width: number): Lane {
  const waiting: (() => void)[] = []
  let free = width

  return async (work) => {
    if (free > 0) free -= 1
    else await new Promise<void>((resolve) => waiting.push(resolve))
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else free += 1
    }
  }
}

/** Works through the items, some at once. After a failure no more are begun; rejects with it when all have ended. */
export async function sideBySide<Item>(
  items: readonly Item[],
  width: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const queue = items.values()
  let failed = false
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      if (failed) return
      try {
        await work(item)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const workers = Array.from({ length: width }, worker)
  await Promise.allSettled(workers)
  await Promise.all(workers)
}
