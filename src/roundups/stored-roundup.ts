import { randomInt } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import { runConcurrently } from '../concurrency.ts'
import type { Store, Versioned } from '../store/store.ts'
import type { RoundupRow } from './digest.ts'
import { onlyOf, rowOf, type PersonPage, type RoundupPage } from './roundup-page.ts'
import { marked, type MessageRef } from './posted-message.ts'
import { week, type RoundupHeads, type StoredHead } from './roundup-heads.ts'

/** A row that nobody is left of is null, so that the pages stay as they are. */
type StoredChunk = { readonly version: number; readonly rows: readonly (RoundupRow | null)[] }

const rowsOnPage = 10
const pagesInChunk = 20
const atOnce = 5
const mostTries = 20
// As many as can be changed within a minute, also in one channel.
const mostMessagesNow = 20

/** The roundups of the last week: a head each, and chunks of 200 rows. */
export function createStoredRoundups(store: Store, heads: RoundupHeads, now: () => number) {
  return {
    /**
     * Keeps the rows of a roundup for a week, and its first page. An earlier one of the same window leaves the store.
     * `left`: who has left once the rows are stored.
     */
    async write(
      { server, ...about }: Omit<RoundupPage, 'page' | 'pages' | 'rows' | 'isReduced'>,
      rows: readonly RoundupRow[],
      left: () => Promise<readonly string[]>,
    ): Promise<RoundupPage> {
      const { id } = about
      const pages = Math.max(1, Math.ceil(rows.length / rowsOnPage))
      let head: StoredHead = { ...about, pages, pagesInChunk, ends: now() + week, removed: [], isWritten: false }
      // Listed first: who leaves meanwhile finds everything that is there.
      await heads.change(server, ({ roundups }) => {
        // By a process that had been stopped for long: another one may show it already.
        const known = roundups.find((one) => one.id === id)
        const { removed, isWritten } = known ?? head
        head = { ...head, pages: Math.max(pages, known?.pages ?? 0), removed, isWritten }
        return { roundups: [...roundups.filter((one) => one.id !== id), head] }
      })
      const size = rowsOnPage * pagesInChunk
      await forEachChunk(head, (chunk) => {
        const value = { version: randomInt(1, 2 ** 47), rows: rows.slice((chunk - 1) * size, chunk * size) }
        return store.set('sheets', `${id}.${chunk}`, value as unknown as Versioned, week)
      })
      const gone = await left()
      const record = await heads.change(server, ({ roundups }) => ({
        roundups: roundups.map((one) => {
          const removed = [...new Set([...one.removed, ...gone])]
          return one.id === id ? { ...one, pages, isWritten: true, removed } : one
        }),
      }))
      const listed = record?.roundups ?? []
      const own = listed.findIndex((one) => one.id === id)
      if (own < 0) throw new Error(`Roundup ${id} took too long to be stored`)
      const earlier = listed.slice(0, own)
      for (const one of earlier) if (one.isWritten && isSameWindow(one.id, id)) await drop(server, one)
      const first = { server, ...about, page: 1, pages, rows: rows.slice(0, rowsOnPage), isReduced: false }
      return onlyOf(first, (one) => !gone.includes(one))
    },
    /** Undefined when its week is over, or when there is no such page. Of one that was replaced, the newer one's. */
    async read(server: string, id: string, page: number): Promise<RoundupPage | undefined> {
      const record = await heads.read(server)
      const written = record?.roundups.filter(({ isWritten }) => isWritten) ?? []
      const head = written.find((one) => one.id === id) ?? written.findLast((one) => isSameWindow(one.id, id))
      if (!head || page > head.pages) return undefined
      const chunk = await chunkOf(head, Math.ceil(page / head.pagesInChunk))
      if (!chunk) return undefined
      const { pagesInChunk: _, removed, isWritten: __, ends: ___, ...about } = head
      const start = ((page - 1) % head.pagesInChunk) * rowsOnPage
      const stored = chunk.rows.slice(start, start + rowsOnPage)
      const rows = stored.filter((row) => row !== null)
      const isReduced = rows.length < stored.length
      return onlyOf({ ended: [], ...about, server, page, rows, isReduced }, (person) => !removed.includes(person))
    },
    /** Notes where it is, unless that is known, as a message that may have to be changed; where it is. */
    async recordMessage(server: string, id: string, { channel, message }: MessageRef) {
      const record = await heads.change(server, ({ roundups, messages }, version) => {
        if (messages.some(({ roundup }) => roundup === id)) return undefined
        const ends = roundups.find((head) => head.id === id)?.ends ?? now() + week
        const posted = marked({ channel, message, roundup: id, ends, pending: null }, version, now())
        const all = [...messages, posted]
        const tooMany = all.filter(({ roundup }) => windowOf(roundup)).slice(0, -mostMessagesNow)
        return {
          messages: all.map((one) => (tooMany.includes(one) ? marked({ ...one, roundup: '' }, version, now()) : one)),
        }
      })
      return record?.messages.find(({ roundup }) => roundup === id)
    },
    /**
     * Takes a person out of every roundup of a server: at once for those who read, later in the chunks and in the chat.
     * False where there is none.
     */
    async removeMember(person: string, server: string): Promise<boolean> {
      if (!(await heads.read(server))?.roundups.length) return false
      await heads.change(server, ({ roundups }) => ({
        roundups: roundups.map((head) => ({ ...head, removed: [...new Set([...head.removed, person])] })),
      }))
      return true
    },
    /** Deletes the chunks that a person is on, for all: where the store takes no other change. The messages of the week. */
    async deleteChunksOf(person: string, server: string): Promise<readonly MessageRef[]> {
      const record = await heads.read(server)
      for (const head of record?.roundups ?? [])
        await forEachChunk(head, async (chunk) => {
          const found = await chunkOf(head, chunk)
          if (found && peopleIn(found).includes(person)) await store.delete('sheets', `${head.id}.${chunk}`)
        })
      return record?.messages ?? []
    },
    /** A page of what a person saved of a roundup; undefined when its week is over or nothing of theirs is in it. */
    async readPerson(server: string, id: string, person: string, wanted: number): Promise<PersonPage | undefined> {
      const head = (await heads.read(server))?.roundups.find((one) => one.id === id && one.isWritten)
      if (!head || head.removed.includes(person)) return undefined
      const chunks = await forEachChunk(head, (chunk) => chunkOf(head, chunk))
      const all = chunks.flatMap((chunk) => chunk?.rows.filter((row) => row !== null) ?? [])
      const own = all.flatMap((row) => rowOf(row, (one) => one === person) ?? [])
      if (own.length === 0) return undefined
      const pages = Math.ceil(own.length / rowsOnPage)
      const page = Math.min(wanted, pages)
      const rows = own.slice((page - 1) * rowsOnPage, page * rowsOnPage)
      const { from, until } = head
      return { id, server, person, from, until, page, pages, total: own.length, rows }
    },
    /** The songs of a person that are on pages of a server. */
    async rowsOf(person: string, server: string): Promise<RoundupRow[]> {
      const found: RoundupRow[] = []
      for (const head of (await heads.read(server))?.roundups ?? []) {
        if (head.removed.includes(person)) continue
        const chunks = await forEachChunk(head, (chunk) => chunkOf(head, chunk))
        found.push(...chunks.flatMap((chunk) => chunk?.rows.filter((row) => row !== null) ?? []))
      }
      return found.filter(({ savers }) => savers.some((saver) => saver.person === person))
    },
    drop,
    /** Who is on it. */
    async peopleOf(head: StoredHead): Promise<Set<string>> {
      const chunks = await forEachChunk(head, (chunk) => chunkOf(head, chunk))
      return new Set([
        ...head.missing,
        ...(head.ended ?? []),
        ...chunks.flatMap((chunk) => (chunk ? peopleIn(chunk) : [])),
      ])
    },
    /** Takes those who have left out of its chunks. */
    async purge(head: StoredHead): Promise<void> {
      await forEachChunk(head, (chunk) => keepOnly(head, chunk, (person) => !head.removed.includes(person)))
    },
  }

  async function chunkOf({ id }: StoredHead, chunk: number): Promise<StoredChunk | undefined> {
    return (await store.get('sheets', `${id}.${chunk}`)) as unknown as StoredChunk | undefined
  }

  /** Deletes all that is stored about one. */
  async function drop(server: string, head: StoredHead): Promise<void> {
    await forEachChunk(head, (chunk) => store.delete('sheets', `${head.id}.${chunk}`))
    await heads.change(server, ({ roundups }) => ({ roundups: roundups.filter(({ id }) => id !== head.id) }))
  }

  /** The rows with these people only, in place; as often as others change them at the same moment. */
  async function keepOnly(head: StoredHead, chunk: number, stays: (person: string) => boolean): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await chunkOf(head, chunk)
      if (!before || peopleIn(before).every(stays)) return
      const after = { version: before.version + 1, rows: before.rows.map((row) => row && rowOf(row, stays)) }
      const [key, ttl] = [`${head.id}.${chunk}`, Math.max(head.ends - now(), 1)]
      if (await store.compareAndSet('sheets', key, before.version, after as unknown as Versioned, ttl)) return
    }
    throw new Error(`Chunk ${chunk} of roundup ${head.id} changes too often to be changed`)
  }
}

function peopleIn({ rows }: StoredChunk): string[] {
  return rows.flatMap((row) => row?.savers.map(({ person }) => person) ?? [])
}

/** Of one that was asked for: `now-7-`, or `own-7-` where one person sees it; by this one replaces another. */
function windowOf(id: string): string | undefined {
  return /^(now|own)-\d+-/.exec(id)?.[0]
}

function isSameWindow(one: string, other: string): boolean {
  return windowOf(one) !== undefined && windowOf(one) === windowOf(other)
}

/** The embedded store works while everybody else waits, so they have their turn in between. */
function forEachChunk<Result>(head: StoredHead, work: (chunk: number) => Promise<Result>): Promise<Result[]> {
  const numbers = Array.from({ length: Math.ceil(head.pages / head.pagesInChunk) }, (_, index) => index + 1)
  return runConcurrently(numbers, atOnce, async (chunk) => {
    const result = await work(chunk)
    await othersTurn()
    return result
  })
}
