import { setTimeout as sleep } from 'node:timers/promises'
import { add, type Counts } from '../../bench/report.ts'
import { freePort } from '../../sandbox/free-port.ts'
import { spawnProgram, type Program } from '../../test/world/process.ts'
import { openDiscordProxy, type Fate } from './discord-proxy.ts'

export interface Chaos {
  /** What the processes have gone through, by its name; `kills` among it. */
  readonly counts: Counts
  /** A process has to do with a channel or a person. */
  touched(subject: string, process: string): void
  died(process: string): void
  /** Nobody is killed any more. */
  readonly calm: Promise<'calm'>
  /** Everything is done with. */
  readonly finished: Promise<'finished'>
}

type Environment = Readonly<Record<string, string>>

const deadly: readonly Fate[] = ['dies first', 'dies meanwhile', 'dies then']
const harmless: readonly Fate[] = ['through', 'through', 'slow', 'slow', 'lost', 'answer lost']
// One of them is longer than a lease.
const freezes = [500, 2_000, 2_000, 5_000, 36_000]

/** Starts a process again and again, and kills it each time at a moment of its own; the last one lives to the end. */
export async function runUnderChaos(name: string, env: Environment, chaos: Chaos): Promise<void> {
  for (let life = 1; ; life += 1) if (await live(`${name}.${life}`, env, chaos)) return
}

/** False when it has died. */
async function live(name: string, env: Environment, chaos: Chaos): Promise<boolean> {
  const { counts, calm, finished } = chaos
  const deadlyPost = Math.random() < 0.7 ? between(1, 4) : Infinity
  const frozenPost = Math.random() < 0.08 ? between(1, 3) : Infinity
  const begun = Promise.withResolvers<void>()
  let posts = 0
  let isDead = false
  let isCalm = false
  void calm.then(() => (isCalm = true))
  const proxy = await openDiscordProxy(env['DISCORD_API_URL'] ?? '', { touches, fate, dies })
  const port = String(await freePort())
  const own = { DISCORD_API_URL: proxy.apiUrl, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` }
  const program = spawnProgram({ ...env, ...own })
  const ended = program.ended().then(() => 'ended' as const)
  // Few die before they have begun with anything, however busy the machine is.
  const idle = sleep(Math.random() < 0.2 ? 3_000 : 20_000)
  const moment = Promise.race([begun.promise, idle]).then(() =>
    sleep(between(0, deadlyPost < Infinity ? 5_000 : 2_500)),
  )

  const first = await Promise.race([ended, calm, moment])
  if (first === undefined) await dies()
  const last = await Promise.race([ended, finished])
  if (last === 'finished') await program.terminate()
  else if (!isDead) add(counts, 'failed starts')
  await proxy.close()
  add(counts, 'found', linesOf(program, '"outcome":"found"'))
  add(counts, 'failed deliveries', linesOf(program, 'could not be delivered'))
  add(counts, 'failed reminders', linesOf(program, 'connection ends could not be sent'))
  return last === 'finished'

  function touches(subject: string): void {
    begun.resolve()
    chaos.touched(subject, name)
  }

  function fate(): Fate {
    posts += 1
    if (isCalm) return 'through'
    if (posts === frozenPost) void freeze(program, counts)
    const fate = oneOf(posts === deadlyPost ? deadly : harmless)
    if (fate === 'lost' || fate === 'answer lost') add(counts, 'lost posts')
    return fate
  }

  async function dies(): Promise<void> {
    if (isDead || isCalm) return
    isDead = true
    add(counts, 'kills')
    await program.kill()
    chaos.died(name)
  }
}

async function freeze(program: Program, counts: Counts): Promise<void> {
  add(counts, 'freezes')
  program.freeze()
  await sleep(oneOf(freezes))
  program.thaw()
}

function linesOf(program: Program, words: string): number {
  return program.output().split(words).length - 1
}

function between(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1))
}

function oneOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item
}
