import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../sandbox/free-port.ts'
import { startRedis, tellAll } from '../../test/store/redis-server.ts'
import { startCrowd } from '../crowd.ts'
import type { Fault } from '../redis-faults.ts'
import { timedFaults, type TimedFault } from './faults.ts'
import { accountOf, makeLibraries } from './libraries.ts'
import { countersDuring, createRecord, live, type Record } from './life.ts'
import { linkUsers } from './link-users.ts'
import { readLog } from './log.ts'
import { createSampler, type Sample } from './samples.ts'
import type { User } from './users.ts'

export interface Plan {
  readonly seconds: number
  readonly people: number
  /** How many of them are linked at the beginning, and how many of those come through the pages. */
  readonly linked: number
  readonly throughPages: number
  /** Interactions a second. */
  readonly pace: number
  /**
   * When Discord gives an interaction up, and one that was announced, in milliseconds: long enough to see how late an
   * answer is. Its three seconds are counted and not enforced.
   */
  readonly answerWithin?: number
  readonly finishWithin?: number
}

export interface Soaked {
  readonly record: Record
  readonly samples: readonly Sample[]
  readonly log: ReturnType<typeof readLog>
  /** Of libraries in Redis at the end, and the people who may have one; undefined before. */
  readonly indexes: { readonly kept: number; readonly people: number } | undefined
  readonly spotifyRequests: number
  /** What a real Discord or Spotify would have refused. */
  readonly surprises: readonly string[]
  /** The fault that is on. */
  readonly fault: string
  /** How the program ended when it was asked to; null when it was killed by a signal, and undefined while it runs. */
  readonly exit: number | null | undefined
  /** Whether it ended before it was asked to. */
  readonly died: boolean
}

const none: Pick<Fault, 'name' | 'disturb'> = { name: 'nothing at all' }
const tellEvery = 30_000
const sampleEvery = 10_000

/** Lets people use the program, as a process over a real Redis, while one thing after the other goes wrong. */
export async function soak(plan: Plan, tell: (soaked: Soaked) => void = () => undefined): Promise<Soaked> {
  const { people, linked, throughPages, pace, answerWithin = 12_000, finishWithin = 15_000 } = plan
  await using ends = new AsyncDisposableStack()
  const server = await startRedis(['--appendonly', 'yes'])
  ends.defer(() => server.stop())
  const metricsPort = await freePort()
  const settings = {
    REDIS_URL: server.url,
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--expose-gc --import ${import.meta.resolve('./collector.ts')}`,
  }
  const accounts = makeLibraries(people, Date.now())
  const crowd = await startCrowd(people, settings, { accounts, accountOf, answerWithin, finishWithin })
  ends.defer(() => crowd.stop())

  const users = crowd.people.map((id, number): User => {
    return { number, id, linked: number < linked, screen: undefined, modal: undefined }
  })
  for (const { id } of users.slice(0, throughPages)) await crowd.links(id)
  const others = users.slice(throughPages, linked).map(({ number }) => number)
  await linkUsers(crowd, others)
  const requestsBefore = crowd.spotify.requests.length
  const record = createRecord()
  const sampler = createSampler(crowd.program.pid ?? 0, `http://127.0.0.1:${metricsPort}/metrics`)
  await sampler.take()

  const over = new AbortController()
  let [fault, exit, died]: [typeof none, Soaked['exit'], boolean] = [none, undefined, false]
  let [indexes]: [Soaked['indexes']] = [undefined]
  const watch = async (): Promise<void> => {
    await crowd.program.ended()
    died = !over.signal.aborted
    over.abort()
  }
  const ended = watch()
  const soaked = (): Soaked => ({
    ...{
      record,
      samples: sampler.samples,
      log: readLog(crowd.program.output()),
      fault: fault.name,
      exit,
      died,
      indexes,
    },
    spotifyRequests: crowd.spotify.requests.length - requestsBefore,
    surprises: [...crowd.discord.surprises, ...crowd.spotify.surprises],
  })
  const timers = [
    setInterval(() => void sampler.take().catch(() => undefined), sampleEvery),
    setInterval(() => tell(soaked()), tellEvery),
  ]
  const living = live(crowd, users, { pace, fault: () => fault }, record, over.signal)
  await takeTurns(timedFaults(crowd, server), plan.seconds * 1000, over.signal, (next) => {
    fault = next
    countersDuring(record, next.name)
  })
  const alive = !died
  over.abort()
  await living
  for (const timer of timers) clearInterval(timer)
  if (alive) {
    await sampler.take()
    exit = await crowd.program.terminate()
  }
  const keys = (await tellAll(server, 'KEYS', 'hearsay:bytes:*')).toString().split('hearsay:bytes:')
  indexes = { kept: keys.length - 1, people: users.filter(({ linked }) => linked !== false).length }
  await ended
  return soaked()
}

/** One fault after the other, with as long a pause after each at least; all of them once where there is time. */
async function takeTurns(
  faults: readonly TimedFault[],
  milliseconds: number,
  over: AbortSignal,
  become: (fault: typeof none) => void,
): Promise<void> {
  const begun = performance.now()
  const each = Math.min(Math.max(milliseconds / faults.length, 2_000), 30_000)
  const wait = (time: number) => sleep(time, undefined, { signal: over }).catch(() => undefined)
  for (let turn = 0; !over.aborted && performance.now() - begun + each <= milliseconds + each / 2; turn += 1) {
    const fault = faults[turn % faults.length] as TimedFault
    const on = Math.min(each / 2, fault.most)
    await wait((each - on) / 2)
    become(fault)
    await fault.begin()
    await wait(on)
    await fault.end()
    become(none)
    await wait((each - on) / 2)
  }
}
