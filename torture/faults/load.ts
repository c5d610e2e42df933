import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import { count, createCounters, type Counters } from '../counters.ts'
import type { Crowd } from '../crowd.ts'
import { wrongIn } from '../judge.ts'
import type { Fault } from '../redis-faults.ts'

export interface Wave {
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

/** Lets the people use the program, one after the other, whatever became of those before. `pages` are theirs. */
export async function load(
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
