import { setTimeout as sleep } from 'node:timers/promises'
import type { Message, Outcome } from '../../sandbox/discord/discord.ts'
import type { Crowd } from './crowd.ts'

/** What became of many interactions. */
export interface Tally {
  readonly interactions: number
  /** Not acknowledged within three seconds, or announced and never finished. */
  readonly unanswered: number
  /** Milliseconds to the acknowledgement, of those that had one, ascending. */
  readonly acknowledged: readonly number[]
  /** Answers that must not be: linked people called unlinked, and failures that nobody foresaw. */
  readonly wrong: readonly string[]
  /** Answers that did what was asked. */
  readonly served: number
}

export interface Wave {
  readonly interactions: number
  /** How long they take to begin, all together, in milliseconds. */
  readonly over: number
  /** Whether people may be told that they are not linked. */
  readonly forgets?: boolean
  /** Called before each interaction. */
  disturb?(number: number): void
}

const markets = ['GB', 'DE', 'FR', 'SE', 'US', 'NL']
type Deed = (crowd: Crowd, person: string, page: Message, number: number) => Promise<Outcome>

/** What people do, in turn. All but `/link` is about a link that they have. */
const deeds: readonly Deed[] = [
  (crowd, person) => crowd.uses(person, 'liked recent'),
  (crowd, person, page) => crowd.discord.pressRaw(person, page.id, `liked:1:${person}:10::n`),
  (crowd, person) => crowd.uses(person, 'account status'),
  (crowd, person, _, number) =>
    crowd.uses(person, 'liked recent', { market: markets[number % markets.length] ?? 'GB' }),
  (crowd, person) => crowd.uses(person, 'unlink'),
  (crowd, person, page) => crowd.discord.pressRaw(person, page.id, `liked:1:${person}:0::r`),
  (crowd, person) => crowd.uses(person, 'link'),
]

/** Lets the people use the program, one after the other, whatever became of those before. `pages` are theirs. */
export async function load(crowd: Crowd, pages: ReadonlyMap<string, Message>, wave: Wave): Promise<Tally> {
  const { interactions, over, forgets = false, disturb } = wave
  const begun = performance.now()
  const work: Promise<Outcome>[] = []
  for (let number = 0; number < interactions; number += 1) {
    const [person, page] = [...pages][number % pages.size] ?? []
    const deed = deeds[number % deeds.length]
    if (!person || !page || !deed) throw new Error('Nobody is there.')
    disturb?.(number)
    work.push(deed(crowd, person, page, number))
    await sleep(Math.max(begun + ((number + 1) * over) / interactions - performance.now(), 0))
  }
  const outcomes = await Promise.all(work)
  const sentences = outcomes.map((outcome) => ('message' in outcome ? outcome.message.content : ''))
  return {
    interactions,
    unanswered: outcomes.filter(({ kind }) => kind === 'failed').length,
    acknowledged: outcomes
      .map(({ acknowledgedAfter }) => acknowledgedAfter)
      .filter((milliseconds) => !Number.isNaN(milliseconds))
      .toSorted((one, other) => one - other),
    wrong: sentences.filter((sentence) => /Something went wrong/.test(sentence) || (!forgets && unlinked(sentence))),
    served: outcomes.filter((outcome) => 'message' in outcome && didIt(outcome.message)).length,
  }
}

/** Only an answer to somebody who is not linked mentions the command. */
function unlinked(sentence: string): boolean {
  return sentence.includes('`/link`')
}

function didIt({ embeds, components, content }: Message): boolean {
  return embeds.length > 0 || components.length > 0 || content.startsWith('Linked as')
}

export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN
}
