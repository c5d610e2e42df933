import { randomUUID } from 'node:crypto'
import { chunksIn, pagesInChunkOf, rowsOnPage, type createChunks } from './chunks.ts'
import type { ArrangedRows, PersonSongs } from './digest.ts'
import type { createPersonParts } from './person-parts.ts'
import { onlyOf, type RoundupPage } from './roundup-page.ts'
import { week, type RoundupHeads, type StoredHead } from './roundup-heads.ts'

type Span = Pick<RoundupPage, 'server' | 'id' | 'from' | 'until' | 'late' | 'locale'>
type Counts = Pick<RoundupPage, 'members' | 'missing' | 'missed' | 'ended'>

interface CollectingDeps {
  readonly heads: RoundupHeads
  readonly chunks: ReturnType<typeof createChunks>
  readonly parts: ReturnType<typeof createPersonParts>
  /** Deletes all that is stored about one. */
  drop(server: string, head: StoredHead): Promise<void>
  /** Everybody of whom there may be a part. */
  peopleOf(server: string, head: StoredHead): Promise<Set<string>>
  takesPart(person: string, server: string): Promise<boolean>
  now(): number
}

const mostOnFirstPage = 100

/** Stores roundups while they are collected. */
export function createCollecting({ heads, chunks, parts, drop, peopleOf, takesPart, now }: CollectingDeps) {
  /** Lists one for a week, before anything of it is stored: who leaves meanwhile finds all that is there. */
  return async ({ server, ...span }: Span) => {
    const { id } = span
    const writer = randomUUID()
    const fresh = { ...span, members: 0, missing: [], missed: 0, pages: 1, pagesInChunk: 1, removed: [] }
    let head: StoredHead = { ...fresh, isWritten: false, ends: now() + week, writer }
    let before: StoredHead | undefined
    await heads.change(server, ({ roundups }) => {
      // By a process that had been stopped for long: another one may show it already.
      before = roundups.find((one) => one.id === id)
      head = { ...head, ...before, locale: span.locale, ends: head.ends, writer }
      return { roundups: [...roundups.filter((one) => one.id !== id), head] }
    })
    /** Of whom there is a part, and with how many songs. */
    const kept = new Map<string, number>()

    return {
      /** Keeps what a person saved, unless they have left meanwhile. */
      async keep(person: string, songs: PersonSongs): Promise<void> {
        kept.set(person, songs.length)
        await parts.put(head, person, songs)
        // Who leaves from here on takes it along. Who left before may have been taken out of what was there earlier.
        const isIn = await takesPart(person, server)
        const roundups = (await heads.read(server))?.roundups ?? []
        const found = roundups.find((one) => one.id === id)
        if (!isIn || !found || found.removed.includes(person)) await parts.delete(head, person)
        listed(roundups)
      },
      /** Empty of somebody who has left since. Rejects where another process has deleted what was kept. */
      async read(person: string): Promise<PersonSongs> {
        const songs = await parts.read(head, person)
        if (songs.length > 0 || !kept.get(person)) return songs
        // Also of somebody who has left and joined again.
        const { removed } = listed((await heads.read(server))?.roundups ?? [])
        if (removed.includes(person) || !(await takesPart(person, server))) return songs
        throw new Error(`Another process has deleted what was collected for roundup ${id}`)
      },
      /**
       * Stores the rows; the first page. An earlier roundup of the same window leaves the store. `left`: who has left once
       * the rows are stored.
       */
      async write(
        counts: Counts,
        arranged: ArrangedRows,
        left: () => Promise<readonly string[]>,
      ): Promise<RoundupPage> {
        const pagesInChunk = pagesInChunkOf(arranged)
        const pages = Math.max(pagesOf(arranged.count), before ? chunksIn(before) * pagesInChunk : 0)
        const planned = { ...span, ...counts, pagesInChunk, pages }
        const isMore = chunksIn(planned) > chunksIn(head)
        head = { ...head, ...planned }
        // So that all of them are found when it is deleted.
        if (isMore) await change((one) => ({ ...one, ...planned }))
        else listed((await heads.read(server))?.roundups ?? [])
        const written = await chunks.write(head, arranged)
        const exact = { pagesInChunk, pages: pagesOf(written.count) }
        if (before) await deleteEarlier(chunksIn(exact))
        const savers = written.first.flatMap((row) => row.savers.map(({ person }) => person))
        const onFirstPage = [...new Set(savers)].slice(0, mostOnFirstPage)
        const gone = await left()
        const roundups = await change(({ removed, ...one }) => {
          const all = [...new Set([...removed, ...gone])]
          return { ...one, ...span, ...counts, ...exact, isWritten: true, removed: all, onFirstPage }
        })
        const earlier = roundups.slice(0, roundups.indexOf(listed(roundups)))
        for (const one of earlier) if (one.isWritten && isSameWindow(one.id, id)) await drop(server, one)
        const first = { ...span, ...counts, ...exact, server, page: 1, rows: written.first, isReduced: false }
        return onlyOf(first, (one) => !gone.includes(one))
      },
      /** Deletes what is stored of it, unless it is written, or somebody else writes it. */
      async abandon(): Promise<void> {
        const found = (await heads.read(server))?.roundups.find((one) => one.id === id)
        if (!found) await drop(server, { ...head, removed: [...kept.keys()] })
        else if (isOwn(found) && !found.isWritten) await drop(server, found)
      },
    }

    function isOwn(one: StoredHead): boolean {
      return one.id === id && one.writer === writer
    }

    function listed(roundups: readonly StoredHead[]): StoredHead {
      const found = roundups.find(isOwn)
      if (!found) throw new Error(`Roundup ${id} took too long to be stored, and another process may store it now`)
      return found
    }

    async function change(edit: (head: StoredHead) => StoredHead): Promise<readonly StoredHead[]> {
      const record = await heads.change(server, ({ roundups }) => {
        const found = listed(roundups)
        return { roundups: roundups.map((one) => (one === found ? edit(one) : one)) }
      })
      return record?.roundups ?? []
    }

    /** What was stored under this id earlier, and is none of it now. */
    async function deleteEarlier(chunksNow: number): Promise<void> {
      await chunks.delete(head, chunksNow + 1)
      await parts.deleteAll(head, (await peopleOf(server, head)).difference(kept))
    }
  }
}

function pagesOf(rows: number): number {
  return Math.max(1, Math.ceil(rows / rowsOnPage))
}

/** Of one that was asked for: `now-7-`, or `own-7-` where one person sees it, and `own-7-x-` without explicit songs; by this one replaces another. */
export function windowOf(id: string): string | undefined {
  return /^(now|own)-\d+-(x-)?/.exec(id)?.[0]
}

export function isSameWindow(one: string, other: string): boolean {
  return windowOf(one) !== undefined && windowOf(one) === windowOf(other)
}
