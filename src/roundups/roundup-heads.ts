import { randomInt } from 'node:crypto'
import type { Store, Versioned } from '../store/store.ts'
import { latest, type MessageRef, type PostedMessage } from './posted-message.ts'

/** What is known of a roundup for as long as its pages may be turned; its rows are in chunks of so many pages. */
export interface StoredHead {
  /** Letters, digits, `-`, `_`. */
  readonly id: string
  readonly pages: number
  readonly pagesInChunk: number
  /** What was looked at, in milliseconds: from when, inclusive, until when, exclusive. */
  readonly from: number
  readonly until: number
  /** How many have joined. */
  readonly members: number
  /** Who could not be asked: at most ten of them by name. */
  readonly missing: readonly string[]
  readonly missed: number
  /** Whose connection has ended: at most ten; absent in roundups of 0.1.0. */
  readonly ended?: readonly string[]
  /** When it should have been there, if that was a while ago. */
  readonly late: number | null
  /** The language that it is shown in; absent where that is nobody's choice. */
  readonly locale?: string | undefined
  readonly ends: number
  /** Who has left since, and may be in its chunks yet. */
  readonly removed: readonly string[]
  /** False while it is being collected and its chunks are being written. */
  readonly isWritten: boolean
  /** Who writes it, or has written it; absent in roundups of 0.1.0. */
  readonly writer?: string
  /** Who is on its first page, at most a hundred: known also where others have deleted their songs. */
  readonly onFirstPage?: readonly string[]
}

/** A direct message that is still to be sent. "stays": a post could not be changed. "paused" for a closed channel. */
export interface Notice {
  readonly nonce: string
  /** Encrypted. */
  readonly person: string
  readonly about: 'stays' | 'paused' | 'paused refused' | 'refused'
  readonly channel: string
  readonly message: string | null
  readonly due: number
  readonly tries: number
  readonly ends: number
}

interface ServerRoundups {
  readonly roundups: readonly StoredHead[]
  readonly messages: readonly PostedMessage[]
  readonly notices: readonly Notice[]
  /** When somebody has asked for a roundup within the last hour, oldest first. */
  readonly uses: readonly number[]
}

type StoredServer = ServerRoundups & { readonly version: number }

const hour = 60 * 60 * 1000
const day = 24 * hour
export const week = 7 * day
/** The due index of servers with something to do about their roundups. */
export const removalsIndex = 'removals'

const kind = 'roundup-heads'
const mostTries = 100
const mostNotices = 1_000
// Long enough to collect any roundup and to write its chunks.
const writingTime = 30 * 60 * 1000

export type RoundupHeads = ReturnType<typeof createRoundupHeads>

/** One record a server: its roundups of the last week, where they are, and what is still to be done about them. */
export function createRoundupHeads(store: Store, now: () => number) {
  return { read, change, repairIndex }

  async function read(server: string): Promise<StoredServer | undefined> {
    const [record, earlier] = await Promise.all([stored(server), store.members(`sheets.${server}`)])
    return earlier.length > 0 ? adopt(server, earlier) : record
  }

  /** Changes what is there, as it is at that moment; what is there after that. */
  async function change(
    server: string,
    edit: (roundups: ServerRoundups, version: number) => Partial<ServerRoundups> | undefined,
  ): Promise<StoredServer | undefined> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await stored(server)
      const version = before ? before.version + 1 : randomInt(1, 2 ** 47)
      const current = before ?? { roundups: [], messages: [], notices: [], uses: [] }
      const changes = edit(current, version)
      if (!changes) return before
      const after = { ...alive({ ...current, ...changes }), version }
      const ends = [...after.roundups, ...after.messages].map((one) => one.ends)
      const busy = dueAt(after) < Infinity ? now() + week : 0
      const used = Math.max(0, ...after.uses.map((at) => at + hour))
      const ttl = Math.max(...ends, used, busy) - now()
      // The index may name a server too early, never too late.
      const isSooner = dueAt(after) < dueAt(before)
      if (isSooner) await store.schedule(removalsIndex, server, dueAt(after))
      const value = after as unknown as Versioned
      const isDone = before
        ? await store.compareAndSet(kind, server, before.version, value, ttl)
        : await store.create(kind, server, value, ttl)
      // Somebody may have put it right for the record as it was.
      if (isDone && isSooner) await repairIndex(server)
      if (isDone) return after
    }
    throw new Error(`The roundups of server ${server} change too often to be changed`)
  }

  /** Puts the index right, until it holds. A server with roundups is looked at once a day, whatever has become of the index. */
  async function repairIndex(server: string): Promise<void> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const record = await stored(server)
      if (record) await store.schedule(removalsIndex, server, Math.min(dueAt(record), now() + day))
      else await store.unschedule(removalsIndex, server)
      if ((await stored(server))?.version === record?.version) return
    }
  }

  async function stored(server: string): Promise<StoredServer | undefined> {
    return (await store.get(kind, server)) as unknown as StoredServer | undefined
  }

  function alive({ roundups, messages, notices, uses }: ServerRoundups): ServerRoundups {
    return {
      roundups: roundups.filter(({ ends }) => ends > now()),
      messages: latest(messages.filter(({ ends, pending }) => pending || ends > now())),
      notices: notices.filter(({ ends }) => ends > now()).slice(-mostNotices),
      uses: uses.filter((at) => at > now() - hour),
    }
  }

  /** Takes in roundups as 0.1.0 listed them: each page a record of its own, and their places beside them. */
  async function adopt(server: string, listed: readonly string[]): Promise<StoredServer | undefined> {
    for (const text of listed) {
      const [id = '', pages, ends] = text.split(':')
      const [first, place] = await Promise.all([store.get('sheets', `${id}.1`), store.get('places', id)])
      const head = first as unknown as StoredHead | undefined
      if (head && Number(ends) > now())
        await change(server, ({ roundups, messages }) => {
          if (roundups.some((one) => one.id === id)) return undefined
          const { from, until, members, missing, missed, late } = head
          const own = { id, from, until, members, missing, missed, late, ends: Number(ends) }
          const adopted = { ...own, pages: Number(pages), pagesInChunk: 1, removed: [], isWritten: true }
          const at = place as unknown as MessageRef | undefined
          const posted = at && { channel: at.channel, message: at.message, roundup: id, ends: own.ends, pending: null }
          return { roundups: [adopted, ...roundups], messages: posted ? [posted, ...messages] : messages }
        })
      await store.remove(`sheets.${server}`, text)
    }
    return stored(server)
  }
}

/** When there is something to do next; Infinity without anything. */
function dueAt(record: ServerRoundups | undefined): number {
  if (!record) return Infinity
  const heads = record.roundups.map((head) => {
    if (!head.isWritten) return writtenBy(head)
    return head.removed.length > 0 ? 0 : Infinity
  })
  const edits = record.messages.map(({ pending }) => pending?.due ?? Infinity)
  return Math.min(...heads, ...edits, ...record.notices.map(({ due }) => due))
}

/** Until when one must have been collected and written, unless the process that did so has died. */
export function writtenBy({ ends }: StoredHead): number {
  return ends - week + writingTime
}
