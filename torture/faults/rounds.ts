import { setTimeout as sleep } from 'node:timers/promises'
import type { Message } from '../../sandbox/discord/discord.ts'
import type { Counters } from '../counters.ts'
import type { Crowd } from '../crowd.ts'
import { sentenceOf } from '../judge.ts'
import type { Fault } from '../redis-faults.ts'
import { load, type Wave } from './load.ts'

/** How the program came through one fault. */
interface Round {
  readonly counters: Counters
  /** Seconds from its end until everybody was served again; undefined when that took longer than the patience. */
  readonly recovered: number | undefined
}

/** Everybody links, where they are not linked already, and shows a page. */
export async function gather(crowd: Crowd): Promise<Map<string, Message>> {
  const pages = new Map<string, Message>()
  for (const person of crowd.people) {
    if (!(await hasStatus(crowd, person, 'Linked as'))) await crowd.links(person)
    const outcome = await crowd.uses(person, 'liked recent')
    if (!('message' in outcome) || outcome.message.embeds.length === 0)
      throw new Error(`No page: ${sentenceOf(outcome)}`)
    pages.set(person, outcome.message)
  }
  return pages
}

/** Lets the fault begin, lets everybody use the program meanwhile, ends it, and waits `patience` ms until all is well. */
export async function endure(
  crowd: Crowd,
  pages: ReadonlyMap<string, Message>,
  fault: Fault,
  wave: Wave,
  patience = 30_000,
): Promise<Round> {
  await fault.begin()
  const counters = await load(crowd, pages, fault, wave)
  await fault.end()
  const ended = performance.now()
  // Served from what is stored: the first answer after a flush is that there is no link.
  const expected = fault.forgets ? 'You have not linked' : 'Linked as'
  for (const person of crowd.people) {
    while (!(await hasStatus(crowd, person, expected))) {
      if (performance.now() - ended > patience) return { counters, recovered: undefined }
      await sleep(50)
    }
  }
  return { counters, recovered: (performance.now() - ended) / 1000 }
}

async function hasStatus(crowd: Crowd, person: string, expected: string): Promise<boolean> {
  return sentenceOf(await crowd.uses(person, 'account status')).startsWith(expected)
}
