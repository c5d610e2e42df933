import { randomInt } from 'node:crypto'
import { setImmediate as breath } from 'node:timers/promises'
import type { Json, Store, Versioned } from '../store/store.ts'
import type { RoundupRow } from './digest.ts'

/** One page of a roundup as it was collected, kept for as long as its pages may be turned. */
export interface RoundupPage {
  /** Of the roundup: letters, digits, `-`. */
  readonly id: string
  readonly server: string
  /** From 1. */
  readonly page: number
  readonly pages: number
  /** What was looked at, in milliseconds. */
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

/** Where a roundup stands in the chat. */
export interface MessageRef {
  readonly channel: string
  readonly message: string
}

/** The roundups of the last week, page by page. */
export interface StoredRoundups {
  /** Keeps the pages of a roundup for a week, in place of earlier ones with its id. */
  write(head: Omit<RoundupPage, 'page' | 'pages' | 'rows'>, rows: readonly RoundupRow[]): Promise<RoundupPage>
  /** Undefined when its week is over, or when there is no such page. */
  read(id: string, page: number): Promise<RoundupPage | undefined>
  /** Notes where it stands, unless that is known; where it stands. */
  recordMessage(id: string, server: string, place: MessageRef): Promise<MessageRef>
  /** Takes a person out of every page of a server; the first pages that look different now, and where they stand. */
  removeMember(person: string, server: string): Promise<{ readonly sheet: RoundupPage; readonly place: MessageRef }[]>
  /** The songs of a person that stand on pages of a server. */
  rowsOf(person: string, server: string): Promise<RoundupRow[]>
}

/** The sheet with these people only. What a single one of several is left of is no longer what several saved. */
export function onlyOf(sheet: RoundupPage, stays: (person: string) => boolean): RoundupPage {
  const rows = sheet.rows.map((row) => ({ ...row, savers: row.savers.filter(({ person }) => stays(person)) }))
  const missing = sheet.missing.filter(stays)
  return {
    ...sheet,
    rows: rows.filter(({ section, savers }) => savers.length > (section === 'several' ? 1 : 0)),
    missing,
    missed: sheet.missed - (sheet.missing.length - missing.length),
  }
}

const rowsOnPage = 10
const week = 7 * 24 * 60 * 60 * 1000
// The embedded store works while everybody else waits.
const atOnce = 5
const attempts = 20

export function createStoredRoundups(store: Store, now: () => number): StoredRoundups {
  return {
    async write(head, rows) {
      const pages = Math.max(1, Math.ceil(rows.length / rowsOnPage))
      const ends = now() + week
      await listed(head.server)
      // Listed first: whoever leaves meanwhile finds every page that is there.
      await store.add(`sheets.${head.server}`, entry(head.id, pages, ends))
      const sheets = Array.from({ length: pages }, (_, index): RoundupPage => {
        const own = rows.slice(index * rowsOnPage, (index + 1) * rowsOnPage)
        return { ...head, page: index + 1, pages, rows: own }
      })
      await inTurns(sheets, (sheet) =>
        store.set('sheets', `${sheet.id}.${sheet.page}`, toJson(sheet, randomInt(1, 2 ** 47)), week),
      )
      return sheets[0] as RoundupPage
    },
    read,
    async recordMessage(id, server, { channel, message }) {
      if (await store.create('places', id, { server, channel, message }, week)) return { channel, message }
      return (await placeOf(id)) ?? { channel, message }
    },
    async removeMember(person, server) {
      const changed: { sheet: RoundupPage; place: MessageRef }[] = []
      for (const { id, pages, ends } of await listed(server)) {
        let struck = false
        await inTurns(numbers(pages), async (page) => {
          if (await without(person, id, page, ends)) struck = true
        })
        if (!struck) continue
        const [sheet, place] = await Promise.all([read(id, 1), placeOf(id)])
        if (sheet && place) changed.push({ sheet, place })
      }
      return changed
    },
    async rowsOf(person, server) {
      const found: RoundupRow[] = []
      for (const { id, pages } of await listed(server)) {
        await inTurns(numbers(pages), async (page) => {
          const rows = (await read(id, page))?.rows ?? []
          found.push(...rows.filter((row) => rowOf(row, person)))
        })
      }
      return found
    },
  }

  async function read(id: string, page: number): Promise<RoundupPage | undefined> {
    const kept = await readKept(id, page)
    if (!kept) return undefined
    const { version: _version, ...sheet } = kept
    return sheet
  }

  async function placeOf(id: string): Promise<MessageRef | undefined> {
    return (await store.get('places', id)) as unknown as MessageRef | undefined
  }

  async function readKept(id: string, page: number): Promise<Kept | undefined> {
    return (await store.get('sheets', `${id}.${page}`)) as unknown as Kept | undefined
  }

  /** Takes a person off a page, as often as others change it at the same moment; false where they did not stand. */
  async function without(person: string, id: string, page: number, ends: number): Promise<boolean> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) {
      const kept = await readKept(id, page)
      if (!kept || !names(kept, person)) return false
      const rest = toJson(
        onlyOf(kept, (other) => other !== person),
        kept.version + 1,
      )
      if (await store.compareAndSet('sheets', `${id}.${page}`, kept.version, rest, Math.max(ends - now(), 1)))
        return true
    }
    throw new Error(`Page ${page} of roundup ${id} changes too often to be changed`)
  }

  /** Those that have not ended; the others leave the list. */
  async function listed(server: string): Promise<{ id: string; pages: number; ends: number }[]> {
    const entries = (await store.members(`sheets.${server}`)).map((text) => {
      const [id = '', pages = '', ends = ''] = text.split(':')
      return { text, id, pages: Number(pages), ends: Number(ends) }
    })
    for (const { text, ends } of entries) if (ends <= now()) await store.remove(`sheets.${server}`, text)
    return entries.filter(({ ends }) => ends > now())
  }
}

function entry(id: string, pages: number, ends: number): string {
  return `${id}:${pages}:${ends}`
}

async function inTurns<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let from = 0; from < items.length; from += atOnce) {
    await Promise.all(items.slice(from, from + atOnce).map(work))
    await breath()
  }
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1)
}

function names(sheet: RoundupPage, person: string): boolean {
  return sheet.missing.includes(person) || sheet.rows.some((row) => rowOf(row, person))
}

function rowOf({ savers }: RoundupRow, person: string): boolean {
  return savers.some((saver) => saver.person === person)
}

type Kept = RoundupPage & { readonly version: number }

function toJson(sheet: RoundupPage, version: number): Versioned {
  return JSON.parse(JSON.stringify({ ...sheet, version })) as Versioned & Json
}
