import { setTimeout as sleep } from 'node:timers/promises'
import { add, type Counts } from '../../bench/report.ts'
import type { Outcome } from '../../sandbox/discord/discord.ts'
import { generator, pick } from '../../sandbox/songs/random.ts'
import { count, createCounters, deadline, type Counters } from '../counters.ts'
import type { Crowd } from '../crowd.ts'
import { wrongIn } from '../judge.ts'
import type { Fault } from '../redis-faults.ts'
import { act, type Action } from './actions.ts'
import { isReachable } from './faults.ts'
import { accountOf, songOf } from './libraries.ts'
import { show, type User } from './users.ts'

/** Everything that was asked, and what came of it. */
export interface Record {
  readonly all: Counters
  /** By the fault that was on when it began. */
  readonly during: Map<string, Counters>
  /** How often each kind was used. */
  readonly kinds: Counts
  /** What was late, missing or wrong. */
  readonly problems: Counts
  /** What Discord's client would not have sent. */
  readonly skipped: Counts
}

const linkedShare = 0.93
const returning = 0.5
const mostLately = 60
const mostMovers = 6
const likes = 0.02
// In milliseconds: somebody links, or unlinks again.
const movesEvery = 5_000

export function createRecord(): Record {
  return { all: createCounters(), during: new Map(), kinds: {}, problems: {}, skipped: {} }
}

/** Lets people use the program until `over`; resolves when the last of them has an answer. `fault`: what is on now. */
export async function live(
  crowd: Crowd,
  users: readonly User[],
  { pace, fault }: { readonly pace: number; fault(): Pick<Fault, 'name' | 'disturb'> },
  record: Record,
  over: AbortSignal,
): Promise<void> {
  const random = generator(7)
  const linked = users.filter((one) => one.linked)
  const strangers = users.filter((one) => !one.linked)
  const movers = strangers.splice(0, Math.min(mostMovers, Math.ceil(strangers.length / 2)))
  const lately: User[] = []
  const work = new Set<Promise<void>>()
  const track = (job: Promise<void>): void => void work.add(job.finally(() => work.delete(job)))
  const begun = performance.now()
  let movedAt = begun
  let moved = 0

  for (let number = 0; !over.aborted; number += 1) {
    await sleep(Math.max(begun + (number * 1000) / pace - performance.now(), 0))
    if (!isReachable(crowd)) continue
    if (performance.now() - movedAt > movesEvery) {
      movedAt = performance.now()
      const mover = movers[moved++ % movers.length]
      if (mover) track(move(mover))
    }
    const self = somebody()
    lately.unshift(self)
    lately.length = Math.min(lately.length, mostLately)
    if (random() < likes) crowd.spotify.like(accountOf(self.number), songOf(self.number, 5_000 + number))
    fault().disturb?.(number)
    track(watch(self, act(crowd, self, lately, random)).then(() => undefined))
  }
  await Promise.all(work)

  /** Those who have just used it are likely to go on. */
  function somebody(): User {
    if (lately.length > 0 && random() < returning) return pick(random, lately)
    return pick(random, strangers.length === 0 || random() < linkedShare ? linked : strangers)
  }

  async function watch(self: User, action: Action): Promise<Outcome | undefined> {
    const [before, during] = [self.linked, fault().name]
    try {
      const outcome = await action.outcome
      note(record, action, during, outcome, self.linked === before ? before : undefined)
      show(self, outcome, action.owner)
      return outcome
    } catch (error) {
      // What was on the screen has changed meanwhile, and nothing was sent.
      const why = (error as Error).message.replace(/\d{5,}/g, '…').split('. It has', 1)[0]
      add(record.skipped, `${action.name}: ${why}`)
      self.screen = undefined
      return undefined
    }
  }

  /** Links through the pages, or unlinks. Where that fails nobody knows, and they link once more. */
  async function move(self: User): Promise<void> {
    const unlinks = self.linked === true
    self.linked = undefined
    if (!unlinks) {
      const page = await crowd.links(self.id).catch(() => undefined)
      if (page?.text.includes('Linked as')) self.linked = true
      return
    }
    const asked = await watch(self, { name: 'unlink', outcome: crowd.uses(self.id, 'unlink') })
    if (!asked || !('message' in asked) || asked.message.components.length === 0 || !isReachable(crowd)) return
    const pressed = crowd.discord.press(self.id, asked.message.id, 'Unlink')
    const told = await watch(self, { name: 'press unlink', outcome: pressed })
    if (told && 'message' in told && told.message.content.startsWith('Unlinked from')) self.linked = false
  }
}

/** The counters of a fault, whether anybody comes while it is on or not. */
export function countersDuring({ during }: Record, fault: string): Counters {
  const counters = during.get(fault) ?? createCounters()
  during.set(fault, counters)
  return counters
}

function note(record: Record, action: Action, fault: string, outcome: Outcome, linked: boolean | undefined): void {
  const { name } = action
  const wrong = wrongIn(outcome, linked, action)
  for (const counters of [record.all, countersDuring(record, fault)]) count(counters, outcome, wrong)
  add(record.kinds, name)
  const after = outcome.acknowledgedAfter
  if (wrong) add(record.problems, wrong)
  if (outcome.kind === 'failed') add(record.problems, `${name}, ${fault}: ${outcome.reason}`)
  else if (after > deadline) add(record.problems, `${name}, ${fault}: after ${(after / 1000).toFixed(1)} s`)
}
