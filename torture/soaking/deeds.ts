import type { Outcome } from '../../sandbox/discord/discord.ts'
import type { Random } from '../../sandbox/songs/random.ts'
import { pick } from '../../sandbox/songs/random.ts'
import type { Crowd } from '../enduring/crowd.ts'
import { pressable, type Resident } from './residents.ts'

/** One interaction of somebody's: what came of it, and whose songs alone may stand in the answer, where that is sure. */
export interface Deed {
  readonly name: string
  readonly outcome: Promise<Outcome>
  readonly owner?: number | undefined
}

type Doing = (crowd: Crowd, self: Resident, others: readonly Resident[], random: Random) => Deed | undefined

const words = ['song', 'song 1', 'neighbours', 'town', 'nothing of the kind']
const dates = [1, 3, 10, 40].map((days) => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10))

/** What people do, each as often as it stands here. */
const doings: readonly (readonly [times: number, doing: Doing])[] = [
  [18, own('liked recent')],
  [8, own('liked search', (random) => ({ query: pick(random, words) }))],
  [8, own('liked random')],
  [5, own('liked when', (random) => ({ date: pick(random, dates) }))],
  [7, othersSongs],
  [24, presses],
  [6, pressesOfOthers],
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
const all = doings.flatMap(([times, doing]) => Array.from({ length: times }, () => doing))

/** Something that somebody does, with the songs or at the messages of `others`; undefined where there is nothing to press. */
export function doSomething(...[crowd, self, others, random]: Parameters<Doing>): Deed | undefined {
  return pick(random, all)(crowd, self, others, random)
}

function plain(command: string): Doing {
  return (crowd, self) => ({ name: command, outcome: crowd.uses(self.id, command) })
}

function own(command: string, options: (random: Random) => Record<string, string> = () => ({})): Doing {
  return (crowd, self, _, random) => ({
    name: command,
    outcome: crowd.uses(self.id, command, options(random)),
    owner: self.number,
  })
}

function othersSongs(crowd: Crowd, self: Resident, others: readonly Resident[], random: Random): Deed {
  const member = pick(random, others)
  return {
    name: 'liked recent member',
    outcome: crowd.uses(self.id, 'liked recent', { member: member.id }),
    owner: member.number,
  }
}

function presses(crowd: Crowd, self: Resident, others: readonly Resident[], random: Random): Deed | undefined {
  const { dialog, screen } = self
  if (dialog) {
    self.dialog = undefined
    const page = String(1 + Math.floor(random() * 12))
    return { name: 'dialog', outcome: crowd.discord.submit(self.id, dialog.id, { page }), owner: dialog.owner }
  }
  return pressOn(crowd, self, screen ? self : pick(random, others), random)
}

/** Also what they must not press, which is answered as well. */
function pressesOfOthers(crowd: Crowd, self: Resident, others: readonly Resident[], random: Random): Deed | undefined {
  return pressOn(crowd, self, pick(random, others), random)
}

function pressOn({ discord }: Crowd, self: Resident, { id, screen }: Resident, random: Random): Deed | undefined {
  if (!screen || (id !== self.id && screen.message.ephemeral)) return undefined
  const button = pick(random, pressable(screen.message))
  return {
    name: `press ${button.split(':', 1)[0]}`,
    outcome: discord.press(self.id, screen.message.id, button),
    owner: screen.owner,
  }
}

function suggestions(crowd: Crowd, self: Resident, _: readonly Resident[], random: Random): Deed {
  const begun = performance.now()
  const [channel] = crowd.discord.channels
  const given = crowd.discord.complete(
    self.id,
    channel?.id ?? '',
    'liked search',
    { query: pick(random, words) },
    'query',
  )
  const outcome = given.then(
    (choices): Outcome => ({ kind: 'choices', choices, deferred: false, acknowledgedAfter: performance.now() - begun }),
    (error: Error): Outcome => ({
      ...{ kind: 'failed', reason: error.message, deferred: false, acknowledgedAfter: Number.NaN },
    }),
  )
  return { name: 'suggestions', outcome }
}
