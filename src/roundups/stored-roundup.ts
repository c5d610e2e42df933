import type { Store } from '../store/store.ts'
import { createChunks, rowsOnPage } from './chunks.ts'
import { createCollecting, isSameWindow, windowOf } from './collecting.ts'
import { personRows, type RoundupRow } from './digest.ts'
import { createPersonParts } from './person-parts.ts'
import { marked, type MessageRef } from './posted-message.ts'
import { week, type RoundupHeads, type StoredHead } from './roundup-heads.ts'
import { onlyOf, type PersonPage, type RoundupPage } from './roundup-page.ts'

// As many as can be changed within a minute, also in one channel.
const mostMessagesNow = 20

/** The roundups of the last week: a head each, the rows in chunks, and beside them what each person saved. */
export function createStoredRoundups(
  store: Store,
  heads: RoundupHeads,
  takesPart: (person: string, server: string) => Promise<boolean>,
  now: () => number,
) {
  const chunks = createChunks(store, now)
  const parts = createPersonParts(store, now)

  return {
    begin: createCollecting({ heads, chunks, parts, drop, peopleOf, takesPart, now }),
    /**
     * Undefined when its week is over, or when there is no such page. Of one that was replaced, the newer one's. Where
     * nobody is left in it, one empty page.
     */
    async read(server: string, id: string, page: number): Promise<RoundupPage | undefined> {
      const head = await headOf(server, id)
      if (!head || page > head.pages) return undefined
      const stored = await chunks.read(head, page)
      if (!stored) return undefined
      const { pagesInChunk: _, removed, isWritten: __, ends: ___, writer: ____, onFirstPage: _____, ...about } = head
      const rows = stored.filter((row) => row !== null)
      const isReduced = rows.length < stored.length
      const whole = { ended: [], ...about, server, page, rows, isReduced }
      const shown = onlyOf(whole, (person) => !removed.includes(person))
      const isOver = shown.rows.length === 0 && head.pages > 1 && (await chunks.isOver(head))
      return isOver ? { ...shown, page: 1, pages: 1 } : shown
    },
    /** A page of what a person saved, or the last one; undefined when its week is over or nothing of theirs is in it. */
    async readPerson(server: string, id: string, person: string, wanted: number): Promise<PersonPage | undefined> {
      const head = await headOf(server, id)
      if (!head || head.removed.includes(person)) return undefined
      const songs = await parts.read(head, person)
      const total = songs.length
      const pages = Math.ceil(total / rowsOnPage)
      const page = Math.min(wanted, pages)
      const rows = personRows(person, songs, songs).slice((page - 1) * rowsOnPage, page * rowsOnPage)
      const { from, until } = head
      return total > 0 ? { id: head.id, server, person, from, until, page, pages, total, rows } : undefined
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
     * Takes a person out of every roundup of a server: at once for those who read, later in what is stored and in the
     * chat. False where there is none.
     */
    async removeMember(person: string, server: string): Promise<boolean> {
      if (!(await heads.read(server))?.roundups.length) return false
      await heads.change(server, ({ roundups }) => ({
        roundups: roundups.map((head) => ({ ...head, removed: [...new Set([...head.removed, person])] })),
      }))
      return true
    },
    /** Deletes a person's part, and the chunks that they are on for all: where the store takes no other change. The messages of the week. */
    async deleteChunksOf(person: string, server: string): Promise<readonly MessageRef[]> {
      const record = await heads.read(server)
      for (const head of record?.roundups ?? []) {
        await chunks.deleteWith(head, person)
        await parts.delete(head, person)
      }
      return record?.messages ?? []
    },
    /** The songs of a person that are in roundups of a server. */
    async rowsOf(person: string, server: string): Promise<Pick<RoundupRow, 'song'>[]> {
      const found: Pick<RoundupRow, 'song'>[] = []
      for (const head of (await heads.read(server))?.roundups ?? []) {
        if (head.removed.includes(person)) continue
        found.push(...(await (hasParts(head) ? parts.read(head, person) : chunks.rowsOf(head, person))))
      }
      return found
    },
    drop,
    /** Those who have left it and are on it yet. */
    async leaving(head: StoredHead): Promise<string[]> {
      const named = new Set([...head.missing, ...(head.ended ?? []), ...(head.onFirstPage ?? [])])
      const all = hasParts(head) ? named : named.union(await chunks.peopleOf(head))
      const found: string[] = []
      for (const person of head.removed) {
        const isOn = all.has(person) || (hasParts(head) && (await parts.read(head, person)).length > 0)
        if (isOn) found.push(person)
      }
      return found
    },
    /** Takes those who have left out of its chunks, and deletes what they saved. */
    async purge(head: StoredHead): Promise<void> {
      await chunks.purge(head)
      await parts.deleteAll(head, head.removed)
    },
  }

  async function headOf(server: string, id: string): Promise<StoredHead | undefined> {
    const written = (await heads.read(server))?.roundups.filter(({ isWritten }) => isWritten) ?? []
    return written.find((one) => one.id === id) ?? written.findLast((one) => isSameWindow(one.id, id))
  }

  /** Deletes all that is stored about one. */
  async function drop(server: string, head: StoredHead): Promise<void> {
    // Who leaves from here on may find nothing of theirs in it any more, and has to be taken out of its message all the same.
    await heads.change(server, ({ roundups }) => {
      const isIt = ({ id, writer, isWritten }: StoredHead) => isWritten && id === head.id && writer === head.writer
      if (!roundups.some(isIt)) return undefined
      return { roundups: roundups.map((one) => (isIt(one) ? { ...one, isWritten: false } : one)) }
    })
    await chunks.delete(head)
    if (hasParts(head)) await parts.deleteAll(head, await peopleOf(server, head))
    await heads.change(server, ({ roundups }) => ({
      roundups: roundups.filter(({ id, writer }) => id !== head.id || writer !== head.writer),
    }))
  }

  /** A server's set names everybody who has joined until it is noted in the head that they have left. */
  async function peopleOf(server: string, head: StoredHead): Promise<Set<string>> {
    return new Set([...(await store.members(`roundup.${server}`)), ...head.removed])
  }
}

/** Roundups of 0.1.0 have rows only. */
function hasParts({ writer }: StoredHead): boolean {
  return writer !== undefined
}
