import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import type { Crowd } from './crowd.ts'
import { load, type Tally } from './load.ts'
import type { Fault } from './redis-faults.ts'

/** How the program came through one fault. */
export interface Round extends Tally {
  readonly fault: Fault
  /** Seconds from its end until everybody was served again; undefined when that took longer than the patience. */
  readonly recovered: number | undefined
}

/** Everybody links and shows a page; whoever is linked already only shows it. */
export async function gather(crowd: Crowd): Promise<Map<string, Message>> {
  const pages = new Map<string, Message>()
  for (const person of crowd.people) {
    if (!(await isLinked(crowd, person))) await crowd.links(person)
    const outcome = await crowd.uses(person, 'liked recent')
    if (!('message' in outcome) || outcome.message.embeds.length === 0) throw new Error(`No page: ${said(outcome)}`)
    pages.set(person, outcome.message)
  }
  return pages
}

/** Lets the fault begin, lets everybody use the program meanwhile, mends it, and waits `patience` ms until all is well. */
export async function endure(
  crowd: Crowd,
  pages: ReadonlyMap<string, Message>,
  fault: Fault,
  wave: { interactions: number; over: number },
  patience = 30_000,
): Promise<Round> {
  const { forgets = false, disturb } = fault
  await fault.begin()
  const tally = await load(crowd, pages, { ...wave, forgets, ...(disturb && { disturb }) })
  await fault.end()
  const ended = performance.now()
  for (const person of crowd.people) {
    while (!(await isWell(crowd, person, forgets))) {
      if (performance.now() - ended > patience) return { ...tally, fault, recovered: undefined }
      await sleep(50)
    }
  }
  return { ...tally, fault, recovered: (performance.now() - ended) / 1000 }
}

/** Served from what is stored: the first answer after a flush is that there is no link. */
async function isWell(crowd: Crowd, person: string, forgets: boolean): Promise<boolean> {
  const outcome = await crowd.uses(person, 'account status')
  return said(outcome).startsWith(forgets ? 'You have not linked' : 'Linked as')
}

async function isLinked(crowd: Crowd, person: string): Promise<boolean> {
  return said(await crowd.uses(person, 'account status')).startsWith('Linked as')
}

function said(outcome: Outcome): string {
  return 'message' in outcome ? outcome.message.content : JSON.stringify(outcome)
}
