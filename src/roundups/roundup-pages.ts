import type { Library } from '../library/library.ts'
import { collect, type CollectOptions } from './collect.ts'
import type { createDepartures, Departed } from './departures.ts'
import type { RoundupHead } from './deliver.ts'
import { createDigest } from './digest.ts'
import type { createEnded } from './ended.ts'
import type { createMembers } from './members.ts'
import { onlyOf, type RoundupPage } from './roundup-page.ts'
import type { createStoredRoundups } from './stored-roundup.ts'

type Collecting = Awaited<ReturnType<ReturnType<typeof createStoredRoundups>['begin']>>

interface RoundupPagesDeps {
  readonly library: Pick<Library, 'since'>
  readonly storedRoundups: ReturnType<typeof createStoredRoundups>
  readonly members: Pick<ReturnType<typeof createMembers>, 'list' | 'only' | 'agreed'>
  readonly departures: Pick<ReturnType<typeof createDepartures>, 'endAmong'>
  readonly departed: Pick<Departed, 'isGone'>
  readonly ends: ReturnType<typeof createEnded>
}

/** Roundups as they are collected and read: nobody is on a page who has left. */
export function createRoundupPages({ library, storedRoundups, members, departures, departed, ends }: RoundupPagesDeps) {
  return { collectPages, page, personPage, changed }

  /**
   * A page of a roundup, from 1, or the nearest one that it has; without those who have left the roundups or the
   * server. Undefined when its week is over.
   */
  async function page(server: string, id: string, page: number): Promise<RoundupPage | undefined> {
    const found = (await storedRoundups.read(server, id, page)) ?? (await storedRoundups.read(server, id, 1))
    const isBeyond = found && page > found.pages
    const stored = isBeyond ? ((await storedRoundups.read(server, id, found.pages)) ?? found) : found
    if (!stored) return undefined
    const named = [...new Set(peopleOn(stored))]
    const isGone = await Promise.all(named.map((person) => departed.isGone(person, server)))
    // Afterwards: who takes it back while Discord is asked is not shown either.
    const people = await members.only(
      named.filter((_, index) => !isGone[index]),
      server,
    )
    return onlyOf(stored, (person) => people.has(person))
  }

  /**
   * A page of what one person saved of a roundup, newest first, from 1, or the last one. Undefined when its week is over,
   * and when nothing of theirs is in it, or is not any more.
   */
  async function personPage(server: string, id: string, person: string, page: number) {
    const found = await storedRoundups.readPerson(server, id, person, page)
    if (!found || (await departed.isGone(person, server))) return undefined
    return (await members.only([person], server)).has(person) ? found : undefined
  }

  /** The page as it is now, where somebody has left since; else undefined. */
  async function changed(shown: RoundupPage): Promise<RoundupPage | undefined> {
    const current = await page(shown.server, shown.id, shown.page)
    return current && isSame(shown, current) ? undefined : current
  }

  /** Who has left while it was collected is not on it, and who leaves while it is written is removed. */
  async function collectPages(server: string, id: string, head: RoundupHead, options: CollectOptions) {
    options.signal.throwIfAborted()
    const about = { server, id, ...head }
    const stored = await storedRoundups.begin(about)
    try {
      return await collectInto(stored, about, options)
    } catch (error) {
      // Past the lease it is somebody else's to delete: they may be collecting the same roundup by now.
      if (!options.signal.aborted) await stored.abandon().catch(() => undefined)
      throw error
    }
  }

  async function collectInto(
    stored: Collecting,
    about: Parameters<typeof storedRoundups.begin>[0],
    options: CollectOptions,
  ) {
    const { server, id } = about
    const all = await members.list(server)
    const fewer = new Set(all).difference(await members.agreed(all, server))
    const digest = createDigest(stored, fewer)
    const asked = await collect(library, all, about, options, digest.add)
    const over = await ends.whom(asked.ended, server, id)
    const missing = [...asked.missing, ...over.linked]
    const named = [...digest.people(), ...missing, ...over.ended]
    await departures.endAmong(named, server)
    const people = await members.only(named, server)
    const missed = missing.filter((person) => people.has(person))
    const takePart = all.length - named.length + people.size
    const claimed = over.ended.filter((person) => people.has(person))
    const ended = await ends.claim(claimed, server, id)
    const counts = { members: takePart, ended, missing: missed.slice(0, 10), missed: missed.length }
    const left = async () => {
      const gone = people.difference(await members.only([...people], server))
      for (const person of claimed) if (gone.has(person)) await ends.forget(person, server)
      return [...gone]
    }
    return stored.write(counts, await digest.arrange(people), left)
  }
}

/** Who was on a page, and is not any more. */
export function leftOf(before: RoundupPage | undefined, after: RoundupPage): string[] {
  return before ? [...new Set(peopleOn(before)).difference(new Set(peopleOn(after)))] : []
}

function isSame(one: RoundupPage, other: RoundupPage): boolean {
  return JSON.stringify(one.rows) === JSON.stringify(other.rows) && leftOf(one, other).length === 0
}

function peopleOn({ rows, missing, ended }: RoundupPage): string[] {
  return [...missing, ...ended, ...rows.flatMap(({ savers }) => savers.map(({ person }) => person))]
}
