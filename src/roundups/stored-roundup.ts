import { randomInt } from 'node:crypto'
import { setImmediate as othersTurn } from 'node:timers/promises'
import { runConcurrently } from '../concurrency.ts'
import type { Store, Versioned } from '../store/store.ts'
import type { RoundupRow } from './digest.ts'

/** One page of a roundup as it was collected, kept for as long as its pages may be turned. */
export interface RoundupPage {
  /** Of the roundup: letters, digits, `-`. */
  readonly id: string
  readonly server: string
  /** From 1. */
  readonly page: number
  readonly pages: number
  /** What was looked at, in milliseconds: from when, inclusive, until when, exclusive. */
  readonly from: number
  readonly until: number
  /** How many take part. */
  readonly members: number
  /** Who could not be asked: at most ten of them by name. */
  readonly missing: readonly string[]
  readonly missed: number
  /** When it should have been there, if that was a while ago. */
  readonly late: number | null
  readonly rows: readonly RoundupRow[]
}

/** Where a roundup is in the chat. */
export interface MessageRef {
  readonly channel: string
  readonly message: string
}

/** The page with these people only. What a single one of several is left of is no longer what several saved. */
export function onlyOf(page: RoundupPage, stays: (person: string) => boolean): RoundupPage {
  const rows = page.rows
    .map((row) => ({ ...row, savers: row.savers.filter(({ person }) => stays(person)) }))
    .filter(({ section, savers }) => savers.length > (section === 'several' ? 1 : 0))
  const missing = page.missing.filter(stays)
  return { ...page, rows, missing, missed: page.missed - (page.missing.length - missing.length) }
}

const rowsOnPage = 10
const week = 7 * 24 * 60 * 60 * 1000
const atOnce = 5
const mostTries = 20

/** The roundups of the last week, page by page. */
export function createStoredRoundups(store: Store, now: () => number) {
  return {
    /** Keeps the pages of a roundup for a week, in place of earlier ones with its id; the first of them. */
    async write(head: Omit<RoundupPage, 'page' | 'pages' | 'rows'>, rows: readonly RoundupRow[]): Promise<RoundupPage> {
      const { id, server } = head
      const pages = Math.max(1, Math.ceil(rows.length / rowsOnPage))
      const pageAt = (page: number): RoundupPage => {
        return { ...head, page, pages, rows: rows.slice((page - 1) * rowsOnPage, page * rowsOnPage) }
      }
      await listed(server)
      // Listed first: who leaves meanwhile finds every page that is there.
      await store.add(`sheets.${server}`, `${id}:${pages}:${now() + week}`)
      await forEachPage(pages, (page) =>
        store.set('sheets', `${id}.${page}`, versioned(pageAt(page), randomInt(1, 2 ** 47)), week),
      )
      return pageAt(1)
    },
    /** Undefined when its week is over, or when there is no such page. */
    read,
    /** Notes where it is, unless that is known; where it is. */
    async recordMessage(id: string, server: string, message: MessageRef): Promise<MessageRef> {
      const isNew = await store.create('places', id, { server, ...message }, week)
      return (!isNew && (await messageOf(id))) || message
    },
    /** Takes a person off every page of a server; of each roundup that looks different now, its first page and message. */
    async removeMember(person: string, server: string) {
      const changed: { readonly page: RoundupPage; readonly message: MessageRef }[] = []
      for (const { id, pages, ends } of await listed(server)) {
        const removed = await forEachPage(pages, (page) => removeFrom(id, page, person, ends))
        if (!removed.includes(true)) continue
        const [page, message] = await Promise.all([read(id, 1), messageOf(id)])
        if (page && message) changed.push({ page, message })
      }
      return changed
    },
    /** The songs of a person that are on pages of a server. */
    async rowsOf(person: string, server: string): Promise<RoundupRow[]> {
      const found: RoundupRow[] = []
      for (const { id, pages } of await listed(server)) {
        const rows = await forEachPage(pages, async (page) => (await read(id, page))?.rows ?? [])
        found.push(...rows.flat().filter(isBy(person)))
      }
      return found
    },
  }

  async function read(id: string, page: number): Promise<StoredPage | undefined> {
    return (await store.get('sheets', `${id}.${page}`)) as unknown as StoredPage | undefined
  }

  async function messageOf(id: string): Promise<MessageRef | undefined> {
    return (await store.get('places', id)) as unknown as MessageRef | undefined
  }

  /** Takes a person off a page, as often as others change it at the same moment; false where they were not on it. */
  async function removeFrom(id: string, page: number, person: string, ends: number): Promise<boolean> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await read(id, page)
      if (!before || !(before.missing.includes(person) || before.rows.some(isBy(person)))) return false
      const { version } = before
      const rest = onlyOf(before, (other) => other !== person)
      const after = versioned(rest, version + 1)
      if (await store.compareAndSet('sheets', `${id}.${page}`, version, after, Math.max(ends - now(), 1))) return true
    }
    throw new Error(`Page ${page} of roundup ${id} changes too often to be changed`)
  }

  /** Those that have not ended; the others leave the list. */
  async function listed(server: string): Promise<{ id: string; pages: number; ends: number }[]> {
    const found = []
    for (const text of await store.members(`sheets.${server}`)) {
      const [id = '', pages, ends] = text.split(':')
      if (Number(ends) > now()) found.push({ id, pages: Number(pages), ends: Number(ends) })
      else await store.remove(`sheets.${server}`, text)
    }
    return found
  }
}

type StoredPage = RoundupPage & { readonly version: number }

function versioned(page: RoundupPage, version: number): Versioned {
  return { ...page, version } as unknown as Versioned
}

function isBy(person: string): (row: RoundupRow) => boolean {
  return ({ savers }) => savers.some((saver) => saver.person === person)
}

/** The embedded store works while everybody else waits, so they have their turn in between. */
function forEachPage<Result>(pages: number, work: (page: number) => Promise<Result>): Promise<Result[]> {
  const numbers = Array.from({ length: pages }, (_, index) => index + 1)
  return runConcurrently(numbers, atOnce, async (page) => {
    const result = await work(page)
    await othersTurn()
    return result
  })
}
