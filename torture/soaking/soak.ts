import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../../sandbox/free-port.ts'
import { startRedis } from '../../test/store/redis-server.ts'
import { startCrowd } from '../enduring/crowd.ts'
import { spells, type Spell } from './faults.ts'
import { openGauge, type Sample } from './gauge.ts'
import { accountOf, makeLibraries } from './libraries.ts'
import { live, type Weather } from './life.ts'
import { hear, type Heard } from './log.ts'
import { moveIn } from './move-in.ts'
import type { Resident } from './residents.ts'
import { createTally, type Tally } from './tally.ts'

export interface Town {
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
  readonly tally: Tally
  readonly samples: readonly Sample[]
  readonly heard: Heard
  readonly spotifyRequests: number
  /** What a real Discord or Spotify would have refused. */
  readonly surprises: readonly string[]
  /** The fault that is on. */
  readonly weather: string
  /** How the program ended when it was asked to; null when it was killed by a signal, and undefined while it runs. */
  readonly exit: number | null | undefined
  /** Whether it ended before it was asked to. */
  readonly died: boolean
}

const calm: Weather = { name: 'nothing at all' }
const telling = 30_000
const sampling = 10_000
const moving = 5_000

/** Lets a town use the program, as a process over a real Redis, while one thing after the other goes wrong. */
export async function soak(town: Town, tell: (soaked: Soaked) => void = () => undefined): Promise<Soaked> {
  const { people, linked, throughPages, pace, answerWithin = 12_000, finishWithin = 15_000 } = town
  await using ends = new AsyncDisposableStack()
  const server = await startRedis(['--appendonly', 'yes'])
  ends.defer(() => server.stop())
  const metricsPort = await freePort()
  const env = {
    REDIS_URL: server.url,
    METRICS_PORT: String(metricsPort),
    LOG_LEVEL: 'warn',
    NODE_OPTIONS: `--expose-gc --import ${import.meta.resolve('./collector.ts')}`,
  }
  const accounts = makeLibraries(people, Date.now())
  const crowd = await startCrowd(people, env, { accounts, accountOf, answerWithin, finishWithin })
  ends.defer(() => crowd.stop())

  const residents = crowd.people.map((id, number): Resident => {
    return { number, id, linked: number < linked, screen: undefined, dialog: undefined }
  })
  for (const { id } of residents.slice(0, throughPages)) await crowd.links(id)
  await moveIn(
    crowd,
    residents.slice(throughPages, linked).map(({ number }) => number),
  )
  const requestsBefore = crowd.spotify.requests.length
  const tally = createTally()
  const gauge = openGauge(crowd.program.pid ?? 0, `http://127.0.0.1:${metricsPort}/metrics`)
  await gauge.look()

  const over = new AbortController()
  let [weather, exit, died]: [Weather, Soaked['exit'], boolean] = [calm, undefined, false]
  const watch = async (): Promise<void> => {
    await crowd.program.ended()
    died = !over.signal.aborted
    over.abort()
  }
  const ended = watch()
  const soaked = (): Soaked => ({
    ...{ tally, samples: gauge.samples, heard: hear(crowd.program.output()), weather: weather.name, exit, died },
    spotifyRequests: crowd.spotify.requests.length - requestsBefore,
    surprises: [...crowd.discord.surprises, ...crowd.spotify.surprises],
  })
  const clocks = [
    setInterval(() => void gauge.look().catch(() => undefined), sampling),
    setInterval(() => tell(soaked()), telling),
  ]
  const life = { pace, moving, weather: () => weather }
  const living = live(crowd, residents, life, tally, over.signal)
  await goThrough(spells(crowd, server), town.seconds * 1000, over.signal, (next) => {
    weather = next
    tally.begin(next.name)
  })
  const alive = !died
  over.abort()
  await living
  for (const clock of clocks) clearInterval(clock)
  if (alive) {
    await gauge.look()
    exit = await crowd.program.terminate()
  }
  await ended
  return soaked()
}

/** One fault after the other, each followed by as long a calm at least; all of them once where there is time. */
async function goThrough(
  faults: readonly Spell[],
  milliseconds: number,
  over: AbortSignal,
  become: (weather: Weather) => void,
): Promise<void> {
  const begun = performance.now()
  const each = Math.min(Math.max(milliseconds / faults.length, 2_000), 30_000)
  const wait = (time: number) => sleep(time, undefined, { signal: over }).catch(() => undefined)
  for (let turn = 0; !over.aborted && performance.now() - begun + each <= milliseconds + each / 2; turn += 1) {
    const fault = faults[turn % faults.length] as Spell
    const on = Math.min(each / 2, fault.most)
    await wait((each - on) / 2)
    become(fault)
    await fault.begin()
    await wait(on)
    await fault.end()
    become(calm)
    await wait((each - on) / 2)
  }
}
