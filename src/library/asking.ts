import { SpotifyDownError } from '../spotify/errors.ts'
import type { SavedPage } from '../spotify/parse.ts'

/** Asks for the block at an offset. Waits and second tries are the background API's. */
export type Ask = (offset: number) => Promise<SavedPage>

const mostRequests = 1_000

/** @param signal aborted with the error that the reading is to end with */
export function createAsking(ask: Ask, lane: Lane, signal: AbortSignal): Ask {
  let asked = 0
  return (offset) =>
    lane(async () => {
      signal.throwIfAborted()
      asked += 1
      if (asked > mostRequests) throw new SpotifyDownError(`The list was not read within ${mostRequests} requests`)
      const page = await ask(offset)
      signal.throwIfAborted()
      return page
    })
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
