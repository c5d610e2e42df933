import type { Publisher } from './publishing.ts'
import type { createMembers } from './members.ts'
import type { Notices } from './notices.ts'
import { marked } from './posted-message.ts'
import { writtenBy, type RoundupHeads } from './roundup-heads.ts'
import type { createStoredRoundups } from './stored-roundup.ts'

interface PurgeDeps {
  readonly heads: RoundupHeads
  readonly storedRoundups: ReturnType<typeof createStoredRoundups>
  readonly members: Pick<ReturnType<typeof createMembers>, 'isOut'>
  readonly publisher: Pick<Publisher, 'update'>
  readonly notices: Pick<Notices, 'toTell'>
  now(): number
}

/** Takes those who have left out of the roundups that are stored. */
export function createPurge({ heads, storedRoundups, members, publisher, notices, now }: PurgeDeps) {
  return { takeOut, purge }

  /** For those who read at once. Whether there is something to be purged. */
  function takeOut(person: string, server: string): Promise<boolean> {
    return storedRoundups.removeMember(person, server).catch(async (error: unknown) => {
      // A store that is full takes no notes, and lets go of songs all the same.
      const messages = await storedRoundups.deleteChunksOf(person, server).catch(() => [])
      const { signal } = new AbortController()
      for (const one of messages) void publisher.update(one, undefined, signal).catch(() => undefined)
      throw error
    })
  }

  /** Removes those who have left from what is stored, and notes which messages have to be changed for it. */
  async function purge(server: string): Promise<void> {
    const before = leftFrom(await heads.read(server))
    await purgeRoundups(server)
    for (const person of before.difference(leftFrom(await heads.read(server)))) await members.isOut(person, server)
  }

  async function purgeRoundups(server: string): Promise<void> {
    const record = await heads.read(server)
    for (const head of record?.roundups ?? []) {
      if (head.isWritten || writtenBy(head) > now()) continue
      // Somebody may have begun to collect it again since.
      const isTheSame = (await heads.read(server))?.roundups.some(
        (one) => one.id === head.id && one.writer === head.writer,
      )
      if (isTheSame) await storedRoundups.drop(server, head)
    }
    const leaving = record?.roundups.filter(({ removed }) => removed.length > 0) ?? []
    if (leaving.length === 0) return
    const shown = new Map<string, string[]>()
    for (const head of leaving) {
      shown.set(head.id, await storedRoundups.leaving(head))
    }
    const all = new Set(leaving.filter(({ isWritten }) => isWritten).flatMap(({ removed }) => removed))
    // Noted before they are purged: afterwards nobody could tell.
    await heads.change(server, ({ roundups, messages }, version) => ({
      messages: messages.map((one) => {
        // What a message shows whose roundup was replaced, or is now, is not known any more.
        const who = roundups.some(({ id, isWritten }) => isWritten && id === one.roundup)
          ? shown.get(one.roundup)
          : [...all]
        return who?.length ? marked(one, version, now(), notices.toTell(one, who)) : one
      }),
    }))
    for (const head of leaving) await storedRoundups.purge(head)
    const purged = new Map(leaving.map(({ id, removed, isWritten }) => [id, isWritten ? removed : []]))
    await heads.change(server, ({ roundups }) => ({
      roundups: roundups.map((head) => {
        const stays = (person: string): boolean => !purged.get(head.id)?.includes(person)
        const missing = head.missing.filter(stays)
        const missed = head.missed - (head.missing.length - missing.length)
        const ended = (head.ended ?? []).filter(stays)
        const onFirstPage = (head.onFirstPage ?? []).filter(stays)
        return { ...head, removed: head.removed.filter(stays), missing, missed, ended, onFirstPage }
      }),
    }))
  }
}

function leftFrom(record: Awaited<ReturnType<RoundupHeads['read']>>): Set<string> {
  return new Set(record?.roundups.flatMap(({ removed }) => removed))
}
