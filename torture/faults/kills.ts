import { until } from '../../test/world/until.ts'
import type { Crowd } from '../crowd.ts'
import { sentenceOf } from '../judge.ts'

/** What somebody was told about what is stored; undefined while a change is under way. */
interface Told {
  linked: boolean | undefined
  shares: boolean | undefined
}

interface Survival {
  /** Changes that were acknowledged. */
  readonly changes: number
  /** What was compared after a kill: everything that somebody had been told and nothing was changing. */
  readonly compared: number
  readonly lost: readonly string[]
}

interface Life {
  readonly person: string
  readonly told: Told
  over: boolean
  changes: number
}

/** Lets everybody link, share and unlink, kills the program at any moment, and compares. It runs again afterwards. */
export async function surviveKills(crowd: Crowd, kills: number): Promise<Survival> {
  const lost: string[] = []
  let changes = 0
  let compared = 0
  for (let kill = 1; kill <= kills; kill += 1) {
    const lives = await Promise.all(
      crowd.people.map(async (person): Promise<Life> => {
        return { person, told: await statusOf(crowd, person), over: false, changes: 0 }
      }),
    )
    const living = lives.map((life, number) => live(crowd, life, number + kill).catch(() => undefined))
    // In the middle of somebody's change, after a number of others that is another one each time.
    const enough = 1 + ((kill * 7) % 12)
    await until(`${enough} changes`, () => lives.reduce((sum, life) => sum + life.changes, 0) >= enough)
    await crowd.program.kill()
    // What had been sent by then arrives.
    await until('the end of the connection to the program', () => !crowd.discord.online())
    for (const life of lives) life.over = true
    await crowd.restart()
    for (const { person, told, changes: made } of lives) {
      changes += made
      const stored = await statusOf(crowd, person)
      for (const what of ['linked', 'shares'] as const) {
        if (told[what] === undefined) continue
        compared += 1
        if (told[what] !== stored[what]) lost.push(`kill ${kill}: ${person} was told ${what} ${told[what]}`)
      }
    }
    void Promise.all(living)
  }
  return { changes, compared, lost }
}

/** Link, share, take back, unlink, and again, until it is over. */
async function live(crowd: Crowd, life: Life, turn: number): Promise<void> {
  const { person } = life
  const actions = [
    () => change(life, { linked: true }, async () => (await crowd.links(person)).text.includes('Linked as')),
    () =>
      change(life, { shares: true }, () =>
        presses('account sharing', 'Share with this server', 'You share with **this server**'),
      ),
    () =>
      change(life, { shares: false }, () =>
        presses('account sharing', 'Share with nobody', 'You share your liked songs with **nobody**'),
      ),
    () => change(life, { linked: false, shares: false }, () => presses('unlink', 'Unlink', 'Unlinked from')),
  ]
  for (let number = turn; !life.over; number += 1) await actions[number % actions.length]?.()

  async function presses(command: string, label: string, expected: string): Promise<boolean> {
    const outcome = await crowd.uses(person, command)
    if (!('message' in outcome) || outcome.message.components.length === 0) return false
    return sentenceOf(await crowd.discord.press(person, outcome.message.id, label)).startsWith(expected)
  }
}

/** While it is under way nothing is certain; where it did nothing, what was told before is true again. */
async function change(life: Life, to: Partial<Told>, action: () => Promise<boolean>): Promise<void> {
  const { told } = life
  const before = { ...told }
  for (const name of Object.keys(to) as (keyof Told)[]) told[name] = undefined
  const done = await action()
  if (life.over) return
  Object.assign(told, done ? to : before)
  if (done) life.changes += 1
}

async function statusOf(crowd: Crowd, person: string): Promise<Told> {
  const sentence = sentenceOf(await crowd.uses(person, 'account status'))
  if (sentence.startsWith("You haven't linked")) return { linked: false, shares: false }
  if (!sentence.startsWith('Linked as')) throw new Error(`No status: ${sentence}`)
  return { linked: true, shares: sentence.includes('shared in this server') }
}
