import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from '../../sandbox/discord/discord.ts'
import { generator, pick } from '../../sandbox/songs/random.ts'
import type { Crowd } from '../enduring/crowd.ts'
import { doSomething, type Deed } from './deeds.ts'
import { isReachable } from './faults.ts'
import { wrongIn } from './judge.ts'
import { accountOf, songOf } from './libraries.ts'
import { look, type Resident } from './residents.ts'
import type { Tally } from './tally.ts'

/** What goes on around people, as it is at the moment. */
export interface Weather {
  readonly name: string
  disturb?(number: number): void
}

/** How people live in it. */
export interface Life {
  /** Interactions a second. */
  readonly pace: number
  /** How often somebody who came links, or unlinks again, in milliseconds. */
  readonly moving: number
  weather(): Weather
}

const linkedOnes = 0.93
const returning = 0.5
const mostLately = 60
const mostMovers = 6
const likes = 0.02

/** Lets people use the program until `over`; resolves when the last of them has an answer. */
export async function live(
  crowd: Crowd,
  residents: readonly Resident[],
  { pace, moving, weather }: Life,
  tally: Tally,
  over: AbortSignal,
): Promise<void> {
  const random = generator(7)
  const linked = residents.filter((one) => one.linked)
  const strangers = residents.filter((one) => !one.linked)
  const movers = strangers.splice(0, Math.min(mostMovers, Math.ceil(strangers.length / 2)))
  const lately: Resident[] = []
  const work = new Set<Promise<void>>()
  const track = (job: Promise<void>): void => void work.add(job.finally(() => work.delete(job)))
  const begun = performance.now()
  let movedAt = begun
  let moved = 0

  for (let number = 0; !over.aborted; number += 1) {
    await sleep(Math.max(begun + (number * 1000) / pace - performance.now(), 0))
    if (!isReachable(crowd)) continue
    if (performance.now() - movedAt > moving) {
      movedAt = performance.now()
      const mover = movers[moved++ % movers.length]
      if (mover) track(move(mover))
    }
    const self = somebody()
    lately.unshift(self)
    lately.length = Math.min(lately.length, mostLately)
    if (random() < likes) crowd.spotify.like(accountOf(self.number), songOf(self.number, 5_000 + number))
    weather().disturb?.(number)
    const deed = doSomething(crowd, self, lately, random) ?? ownPage(self)
    track(witness(self, deed).then(() => undefined))
  }
  await Promise.all(work)

  /** Whoever has just used it is likely to go on. */
  function somebody(): Resident {
    if (lately.length > 0 && random() < returning) return pick(random, lately)
    return pick(random, strangers.length === 0 || random() < linkedOnes ? linked : strangers)
  }

  function ownPage(self: Resident): Deed {
    return { name: 'liked recent', outcome: crowd.uses(self.id, 'liked recent'), owner: self.number }
  }

  async function witness(self: Resident, deed: Deed): Promise<Outcome | undefined> {
    const [before, during] = [self.linked, weather().name]
    try {
      const outcome = await deed.outcome
      const linked = self.linked === before ? before : undefined
      tally.note(deed.name, during, outcome, wrongIn(outcome, { linked }, deed))
      look(self, outcome, deed.owner)
      return outcome
    } catch (error) {
      // What was on the screen has changed meanwhile, and nothing was sent.
      tally.skip(`${deed.name}: ${(error as Error).message.replace(/\d{5,}/g, '…').split('. It has', 1)[0]}`)
      self.screen = undefined
      return undefined
    }
  }

  /** Links through the pages, or unlinks. Where that fails nobody knows, and they link once more. */
  async function move(self: Resident): Promise<void> {
    const unlinks = self.linked === true
    self.linked = undefined
    if (!unlinks) {
      const page = await crowd.links(self.id).catch(() => undefined)
      if (page?.text.includes('Linked as')) self.linked = true
      return
    }
    const asked = await witness(self, { name: 'unlink', outcome: crowd.uses(self.id, 'unlink') })
    if (!asked || !('message' in asked) || asked.message.components.length === 0 || !isReachable(crowd)) return
    const pressed = crowd.discord.press(self.id, asked.message.id, 'Unlink')
    const told = await witness(self, { name: 'press unlink', outcome: pressed })
    if (told && 'message' in told && told.message.content.startsWith('Unlinked from')) self.linked = false
  }
}
