import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../sandbox/free-port.ts'
import { spawnProgram, type Program } from '../test/world/process.ts'
import { openWay, type Fate } from './way.ts'

/** What the processes have gone through. */
export interface Ordeals {
  kills: number
  freezes: number
  /** Posts that did not arrive, or whose answers did not. */
  'lost posts': number
  /** There was no Redis when it started. */
  'failed starts': number
  found: number
  'failed deliveries': number
}

export interface Watch {
  readonly ordeals: Ordeals
  touched(channel: string, process: string): void
  died(process: string): void
  /** Nobody is killed any more. */
  readonly peace: Promise<'peace'>
  /** Everything is done with. */
  readonly finished: Promise<'finished'>
}

type Environment = Readonly<Record<string, string>>

const deadly: readonly Fate[] = ['dies first', 'dies meanwhile', 'dies then']
const harmless: readonly Fate[] = ['through', 'through', 'slow', 'slow', 'lost', 'answer lost']
// One of them is longer than a lease.
const naps = [500, 2_000, 2_000, 5_000, 36_000]

/** Starts a process again and again, and kills it each time at a moment of its own; the last one lives to the end. */
export async function torment(name: string, env: Environment, watch: Watch): Promise<void> {
  for (let life = 1; ; life += 1) if (await live(`${name}.${life}`, env, watch)) return
}

/** False when it has died. */
async function live(name: string, env: Environment, watch: Watch): Promise<boolean> {
  const { ordeals, peace, finished } = watch
  const deadlyPost = Math.random() < 0.7 ? between(1, 4) : Infinity
  const sleepyPost = Math.random() < 0.08 ? between(1, 3) : Infinity
  const begun = Promise.withResolvers<void>()
  let posts = 0
  let isDead = false
  let isPeace = false
  void peace.then(() => (isPeace = true))
  const die = async (): Promise<void> => {
    if (isDead || isPeace) return
    isDead = true
    ordeals.kills += 1
    await program.kill()
    watch.died(name)
  }
  const way = await openWay(env['DISCORD_API_URL'] ?? '', {
    touches(channel) {
      begun.resolve()
      watch.touched(channel, name)
    },
    fate() {
      posts += 1
      if (isPeace) return 'through'
      if (posts === sleepyPost) void nap(program, ordeals)
      const fate = oneOf(posts === deadlyPost ? deadly : harmless)
      if (fate === 'lost' || fate === 'answer lost') ordeals['lost posts'] += 1
      return fate
    },
    dies: die,
  })
  const port = String(await freePort())
  const own = { DISCORD_API_URL: way.apiUrl, PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` }
  const program = spawnProgram({ ...env, ...own })
  const ended = program.ended().then(() => 'ended' as const)
  const moment = Promise.race([begun.promise, sleep(6_000)]).then(() =>
    sleep(between(0, deadlyPost < Infinity ? 5_000 : 2_500)),
  )

  const first = await Promise.race([ended, peace, moment])
  if (first === undefined) await die()
  const last = await Promise.race([ended, finished])
  if (last === 'finished') await program.terminate()
  else if (!isDead) ordeals['failed starts'] += 1
  await way.close()
  ordeals.found += count(program, '"outcome":"found"')
  ordeals['failed deliveries'] += count(program, 'could not be delivered')
  return last === 'finished'
}

async function nap(program: Program, ordeals: Ordeals): Promise<void> {
  ordeals.freezes += 1
  program.freeze()
  await sleep(oneOf(naps))
  program.thaw()
}

function count(program: Program, words: string): number {
  return program.output().split(words).length - 1
}

function between(from: number, to: number): number {
  return from + Math.floor(Math.random() * (to - from + 1))
}

function oneOf<Item>(items: readonly Item[]): Item {
  return items[Math.floor(Math.random() * items.length)] as Item
}
