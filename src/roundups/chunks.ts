import { randomInt } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import { runConcurrently } from '../concurrency.ts'
import type { Store, Versioned } from '../store/store.ts'
import type { ArrangedRows, RoundupRow } from './digest.ts'
import type { StoredHead } from './roundup-heads.ts'
import { rowOf } from './roundup-page.ts'

/** A row that nobody is left of is null, so that the pages stay as they are. */
type StoredChunk = { readonly version: number; readonly rows: readonly (RoundupRow | null)[] }

export const rowsOnPage = 10
/** How many pages a chunk may have; fewer where very many people saved the same songs. */
const chunkSizes = [20, 5, 1] as const
/** So many are read in a few milliseconds. */
const mostSaversInChunk = 5_000
const atOnce = 5
const mostTries = 20
const kind = 'sheets'

/** The rows of roundups in their order, 200 in a record at most. */
export function createChunks(store: Store, now: () => number) {
  return {
    /** Writes the rows; how many there are, and those of the first page. */
    async write(head: Pick<StoredHead, 'id' | 'pagesInChunk' | 'ends'>, { rows }: Pick<ArrangedRows, 'rows'>) {
      const size = head.pagesInChunk * rowsOnPage
      let waiting: RoundupRow[] = []
      let chunks = 0
      let first: readonly RoundupRow[] = []
      const put = async (): Promise<void> => {
        const own = waiting.slice(0, size)
        waiting = waiting.slice(size)
        chunks += 1
        if (chunks === 1) first = own.slice(0, rowsOnPage)
        const value = { version: randomInt(1, 2 ** 47), rows: own } as unknown as Versioned
        await store.set(kind, `${head.id}.${chunks}`, value, Math.max(head.ends - now(), 1))
        await othersTurn()
      }
      for await (const some of rows) {
        waiting.push(...some)
        while (waiting.length >= size) await put()
      }
      const count = chunks * size + waiting.length
      if (waiting.length > 0 || chunks === 0) await put()
      return { count, first }
    },
    /** The rows of a page, null for those that nobody is left of; undefined where there are none. */
    async read(head: StoredHead, page: number): Promise<StoredChunk['rows'] | undefined> {
      const chunk = await read(head, Math.ceil(page / head.pagesInChunk))
      const start = ((page - 1) % head.pagesInChunk) * rowsOnPage
      return chunk?.rows.slice(start, start + rowsOnPage)
    },
    /** Deletes all of a roundup, or those from that one on. */
    delete: (head: StoredHead, from = 1) =>
      forEach(head, (chunk) => (chunk < from ? undefined : store.delete(kind, `${head.id}.${chunk}`))),
    /** Deletes those that a person is on, for all. */
    deleteWith: (head: StoredHead, person: string) =>
      forEach(head, async (chunk) => {
        if (peopleIn(await read(head, chunk)).includes(person)) await store.delete(kind, `${head.id}.${chunk}`)
      }),
    /** Everybody who is on them. */
    peopleOf: async (head: StoredHead) =>
      new Set((await forEach(head, async (chunk) => peopleIn(await read(head, chunk)))).flat()),
    /** Whether nobody is left on them; of several chunks that is not looked at. */
    isOver: async (head: StoredHead) =>
      chunksIn(head) === 1 && peopleIn(await read(head, 1)).every((one) => head.removed.includes(one)),
    /** The rows that a person is on. */
    rowsOf: async (head: StoredHead, person: string) => {
      const isOn = (row: RoundupRow | null) => row?.savers.some((saver) => saver.person === person) && row
      const found = forEach(head, async (chunk) => (await read(head, chunk))?.rows.flatMap((row) => isOn(row) || []))
      return (await found).flatMap((rows) => rows ?? [])
    },
    /** Takes those who have left out of them. */
    purge: (head: StoredHead) => forEach(head, (chunk) => keepOnly(head, chunk, (one) => !head.removed.includes(one))),
  }

  async function read({ id }: StoredHead, chunk: number): Promise<StoredChunk | undefined> {
    return (await store.get(kind, `${id}.${chunk}`)) as unknown as StoredChunk | undefined
  }

  /** The rows with these people only, in place; as often as others change them at the same moment. */
  async function keepOnly(head: StoredHead, chunk: number, stays: (person: string) => boolean): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await read(head, chunk)
      if (!before || peopleIn(before).every(stays)) return
      const after = { version: before.version + 1, rows: before.rows.map((row) => row && rowOf(row, stays)) }
      const [key, ttl] = [`${head.id}.${chunk}`, Math.max(head.ends - now(), 1)]
      if (await store.compareAndSet(kind, key, before.version, after as unknown as Versioned, ttl)) return
    }
    throw new Error(`Chunk ${chunk} of roundup ${head.id} changes too often to be changed`)
  }
}

/** How many pages of these rows belong into a chunk. */
export function pagesInChunkOf({ widths }: Pick<ArrangedRows, 'widths'>): number {
  const fits = (pages: number): boolean => {
    const sums = new Map<number, number>()
    for (const [row, savers] of widths.entries()) {
      const chunk = Math.floor(row / (pages * rowsOnPage))
      sums.set(chunk, (sums.get(chunk) ?? 0) + savers)
    }
    return sums.values().every((savers) => savers <= mostSaversInChunk)
  }
  return chunkSizes.find(fits) ?? 1
}

export function chunksIn({ pages, pagesInChunk }: Pick<StoredHead, 'pages' | 'pagesInChunk'>): number {
  return Math.ceil(pages / pagesInChunk)
}

function peopleIn(chunk: StoredChunk | undefined): string[] {
  return chunk?.rows.flatMap((row) => row?.savers.map(({ person }) => person) ?? []) ?? []
}

/** The embedded store works while everybody else waits, so they have their turn in between. */
function forEach<Result>(head: StoredHead, work: (chunk: number) => Result | Promise<Result>): Promise<Result[]> {
  const numbers = Array.from({ length: chunksIn(head) }, (_, index) => index + 1)
  return runConcurrently(numbers, atOnce, async (chunk) => {
    const result = await work(chunk)
    await othersTurn()
    return result
  })
}
