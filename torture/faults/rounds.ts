import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { count, createCounters, type Counters } from '../counters.ts'
import type { Crowd } from '../crowd.ts'
import { sentenceOf, wrongIn } from '../judge.ts'
import type { Fault } from '../redis-faults.ts'

interface Wave {
  readonly interactions: number
  /** How long they take to begin, all together, in milliseconds. */
  readonly over: number
}

const markets = ['GB', 'DE', 'FR', 'SE', 'US', 'NL']
type Action = (crowd: Crowd, person: string, page: Message, number: number) => Promise<Outcome>

/** What people do, in turn. All but `/link` is about a link that they have. */
const actions: readonly (readonly [name: string, action: Action])[] = [
  ['liked recent', (crowd, person) => crowd.uses(person, 'liked recent')],
  ['next', (crowd, person, page) => crowd.discord.pressRaw(person, page.id, `liked:1:${person}:10::n`)],
  ['account status', (crowd, person) => crowd.uses(person, 'account status')],
  [
    'liked recent with a market',
    (crowd, person, _, number) =>
      crowd.uses(person, 'liked recent', { market: markets[number % markets.length] ?? 'GB' }),
  ],
  ['unlink', (crowd, person) => crowd.uses(person, 'unlink')],
  ['refresh', (crowd, person, page) => crowd.discord.pressRaw(person, page.id, `liked:1:${person}:0::r`)],
  ['link', (crowd, person) => crowd.uses(person, 'link')],
]

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
  const expected = fault.forgets ? "You haven't linked" : 'Linked as'
  for (const person of crowd.people) {
    while (!(await hasStatus(crowd, person, expected))) {
      if (performance.now() - ended > patience) return { counters, recovered: undefined }
      await sleep(50)
    }
  }
  return { counters, recovered: (performance.now() - ended) / 1000 }
}

/** Lets the people use the program, one after the other, whatever became of those before. `pages` are theirs. */
async function load(
  crowd: Crowd,
  pages: ReadonlyMap<string, Message>,
  { forgets, disturb }: Fault,
  { interactions, over }: Wave,
): Promise<Counters> {
  const begun = performance.now()
  const counters = createCounters()
  const work: Promise<void>[] = []
  for (let number = 0; number < interactions; number += 1) {
    const [person, page] = [...pages][number % pages.size] ?? []
    const [name, action] = actions[number % actions.length] ?? []
    if (!person || !page || !name || !action) throw new Error('Nobody is there.')
    disturb?.(number)
    // After a flush "not linked" is the truth.
    const linked = forgets ? undefined : true
    const note = (outcome: Outcome) => count(counters, outcome, wrongIn(outcome, linked, { name }))
    work.push(action(crowd, person, page, number).then(note))
    await sleep(Math.max(begun + ((number + 1) * over) / interactions - performance.now(), 0))
  }
  await Promise.all(work)
  return counters
}

async function hasStatus(crowd: Crowd, person: string, expected: string): Promise<boolean> {
  return sentenceOf(await crowd.uses(person, 'account status')).startsWith(expected)
}
