import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '../../src/store/open-store.ts'
import { startRedis } from '../../test/store/redis-server.ts'
import type { Rotation } from './grants.ts'
import { patiently } from './patience.ts'
import { createPeople, type People } from './people.ts'
import { startProvider } from './provider.ts'
import { startWorkers, type Report } from './workers.ts'

export interface Course {
  readonly rotation: Rotation
  readonly refreshes: number
  readonly people: number
  readonly processes: number
  /** Milliseconds between two that are killed; between two answers at least that are owed and never arrive. */
  readonly killEvery: number
  readonly owedEvery: number
  readonly freezes: number
}

/** What came of it. */
export interface Outcome {
  readonly counts: Readonly<Record<string, number>>
  readonly failures: ReadonlyMap<string, number>
  readonly faults: ReadonlyMap<string, number>
  readonly lost: number
  /** The most that may be lost under this rotation. */
  readonly bound: number
  readonly duplicates: number
  readonly mixed: number
  /** Processes that ended although nobody killed them. */
  readonly crashed: number
}

const lanes = 3

/** Wears out people's links until so many refreshes have worked, and looks what is left of them. */
export async function wearOut(course: Course): Promise<Outcome> {
  await using ends = new AsyncDisposableStack()
  const redis = await startRedis()
  ends.defer(() => redis.stop())
  const store = await patiently(() => openStore({ redisUrl: redis.url }))
  ends.defer(() => store.close())
  const provider = await startProvider(course.rotation, course.owedEvery)
  ends.defer(() => provider.close())
  const people = createPeople(course.people, store, provider.grants)
  for (const person of people.ids) await people.links(person)

  const total: Report = { refreshes: 0, mixed: 0, failures: {}, ended: [] }
  const asideSince = new Map<string, number>()
  const take = ({ refreshes, mixed, failures, ended }: Report) => {
    total.refreshes += refreshes
    total.mixed += mixed
    for (const [name, times] of Object.entries(failures)) total.failures[name] = (total.failures[name] ?? 0) + times
    for (const person of ended) if (!asideSince.has(person)) asideSince.set(person, performance.now())
  }
  const task = { redisUrl: redis.url, accountsUrl: provider.url, people: people.ids, lanes }
  const workers = startWorkers(course.processes, task, take)
  ends.defer(() => workers.end())

  let [killed, lost, restored] = [0, 0, 0]
  const killing = setInterval(() => {
    workers.kill()
    killed += 1
  }, course.killEvery)
  ends.defer(() => clearInterval(killing))
  const freezing = freeze()
  while (total.refreshes < course.refreshes) {
    await sleep(20)
    await settle(20_000)
  }
  clearInterval(killing)
  await freezing
  await workers.stop()
  await settle(0)
  for (const person of people.ids) lost += (await people.isLinked(person)) ? 0 : 1

  const { requests, refusals, owed, duplicates, faults } = provider.seen
  const failed = Object.values(total.failures).reduce((sum, times) => sum + times, 0)
  const strict = course.rotation === 'strict'
  const injected = [...faults.values()].reduce((sum, times) => sum + times, 0)
  return {
    counts: {
      ...{ refreshes: total.refreshes, attempts: requests, retries: failed, 'faults injected': injected },
      ...{ 'answers owed and never arrived': owed, 'processes killed': killed, 'processes frozen': course.freezes },
      ...{ 'refused by the provider': refusals, 'taken for ended and back again': restored },
    },
    failures: new Map(Object.entries(total.failures)),
    faults,
    lost,
    // A killed process may have had an answer in hand on each lane.
    bound: strict ? owed + killed * lanes : 0,
    duplicates,
    mixed: total.mixed,
    crashed: workers.crashed,
  }

  async function freeze(): Promise<void> {
    for (let times = 0; times < course.freezes; times += 1) await workers.freeze()
  }

  /** Whoever has been told that they are not linked links again, once nobody can bring the link back any more. */
  async function settle(wait: number): Promise<void> {
    for (const [person, since] of asideSince) {
      if (performance.now() - since < wait) continue
      asideSince.delete(person)
      if (await isBack(people, person)) restored += 1
      else {
        lost += 1
        await people.links(person)
      }
    }
  }
}

async function isBack(people: People, person: string): Promise<boolean> {
  return people.isLinked(person)
}
