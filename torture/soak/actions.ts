import type { Outcome } from '../../sandbox/discord/discord.ts'
import { pick, type Random } from '../../sandbox/songs/random.ts'
import type { Crowd } from '../crowd.ts'
import { pressable, type User } from './users.ts'

/** One interaction of somebody's: what came of it, and whose songs alone the answer may show, where that is sure. */
export interface Action {
  readonly name: string
  readonly outcome: Promise<Outcome>
  readonly owner?: number | undefined
}

/** Undefined where there is nothing to press. */
type Act = (crowd: Crowd, self: User, others: readonly User[], random: Random) => Action | undefined

const words = ['song', 'song 1', 'neighbours', 'town', 'nothing of the kind']
const dates = [1, 3, 10, 40].map((days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10))

/** What people do, each as often as it says here. */
const acts: readonly (readonly [times: number, act: Act])[] = [
  [18, own('liked recent')],
  [8, own('liked search', (random) => ({ query: pick(random, words) }))],
  [8, own('liked random')],
  [5, own('liked when', (random) => ({ date: pick(random, dates) }))],
  [7, othersSongs],
  [24, presses],
  // Also what they must not press, which is answered as well.
  [6, (crowd, self, others, random) => pressOn(crowd, self, pick(random, others), random)],
  [6, suggestions],
  [5, plain('account status')],
  [5, plain('account sharing')],
  [1, plain('account export')],
  [2, plain('roundup now')],
  [2, plain('roundup join')],
  [1, plain('roundup leave')],
  [1, plain('roundup status')],
  [1, plain('help')],
  [1, plain('link')],
]
const all = acts.flatMap(([times, act]) => Array.from({ length: times }, () => act))

/** Something that somebody does, with the songs or at the messages of `others`; else they show their own songs. */
export function act(crowd: Crowd, self: User, others: readonly User[], random: Random): Action {
  return pick(random, all)(crowd, self, others, random) ?? ownSongs(crowd, self, 'liked recent')
}

function plain(command: string): Act {
  return (crowd, self) => ({ name: command, outcome: crowd.uses(self.id, command) })
}

function own(command: string, options: (random: Random) => Record<string, string> = () => ({})): Act {
  return (crowd, self, _, random) => ownSongs(crowd, self, command, options(random))
}

function ownSongs(crowd: Crowd, { id, number }: User, command: string, options: Record<string, string> = {}): Action {
  return { name: command, outcome: crowd.uses(id, command, options), owner: number }
}

function othersSongs(crowd: Crowd, self: User, others: readonly User[], random: Random): Action {
  const { id: member, number: owner } = pick(random, others)
  return { name: 'liked recent member', outcome: crowd.uses(self.id, 'liked recent', { member }), owner }
}

function presses(crowd: Crowd, self: User, others: readonly User[], random: Random): Action | undefined {
  const { modal, screen } = self
  if (!modal) return pressOn(crowd, self, screen ? self : pick(random, others), random)
  self.modal = undefined
  const page = String(1 + Math.floor(random() * 12))
  return { name: 'modal', outcome: crowd.discord.submit(self.id, modal.id, { page }), owner: modal.owner }
}

function pressOn({ discord }: Crowd, self: User, { id, screen }: User, random: Random): Action | undefined {
  if (!screen || (id !== self.id && screen.message.ephemeral)) return undefined
  const button = pick(random, pressable(screen.message))
  return {
    name: `press ${button.split(':', 1)[0]}`,
    outcome: discord.press(self.id, screen.message.id, button),
    owner: screen.owner,
  }
}

function suggestions({ discord }: Crowd, self: User, _: readonly User[], random: Random): Action {
  const begun = performance.now()
  const query = pick(random, words)
  const given = discord.complete(self.id, discord.channels[0]?.id ?? '', 'liked search', { query }, 'query')
  const outcome = given.then(
    (choices): Outcome => ({ kind: 'choices', choices, deferred: false, acknowledgedAfter: performance.now() - begun }),
    ({ message: reason }: Error): Outcome => {
      return { kind: 'failed', reason, deferred: false, acknowledgedAfter: Number.NaN }
    },
  )
  return { name: 'suggestions', outcome }
}
