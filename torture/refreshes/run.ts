import { setTimeout as sleep } from 'node:timers/promises'
import { add, sum, type Counts } from '../../bench/report.ts'
import { openStore } from '../../src/store/open-store.ts'
import { startRedis } from '../../test/store/redis-server.ts'
import { patiently } from '../patiently.ts'
import { createPeople } from './people.ts'
import { startProvider, type Rotation } from './provider.ts'
import { startWorkers, type WorkerReport } from './workers.ts'

export interface Plan {
  readonly rotation: Rotation
  readonly refreshes: number
  readonly people: number
  readonly processes: number
  /** Milliseconds between two that are killed; between two answers at least that are owed and never arrive. */
  readonly killEvery: number
  readonly owedEvery: number
  readonly freezes: number
}

interface Outcome {
  readonly counts: Readonly<Counts>
  readonly failures: Readonly<Counts>
  readonly faults: Readonly<Counts>
  readonly lost: number
  /** The most that may be lost under this rotation. */
  readonly bound: number
  readonly duplicates: number
  readonly mixed: number
  /** Processes that ended although nobody killed them. */
  readonly crashed: number
}

const lanes = 3

/** Refreshes people's tokens until so many refreshes have worked, and looks what is left of their links. */
export async function refreshAll(plan: Plan): Promise<Outcome> {
  await using ends = new AsyncDisposableStack()
  const redis = await startRedis()
  ends.defer(() => redis.stop())
  const store = await patiently(() => openStore({ redisUrl: redis.url }))
  ends.defer(() => store.close())
  const ids = Array.from({ length: plan.people }, (_, number) => String(10n ** 17n + BigInt(number)))
  const provider = await startProvider(ids, plan.rotation, plan.owedEvery)
  ends.defer(() => provider.close())
  const people = createPeople(store, provider)
  for (const person of ids) await people.link(person)

  const total = { refreshes: 0, mixed: 0, failures: {} as Counts }
  const endedSince = new Map<string, number>()
  const take = ({ received, failures, ended }: WorkerReport) => {
    total.refreshes += received.length
    for (const [person, token] of received) if (provider.ownerOf(token) !== person) total.mixed += 1
    for (const [name, times] of Object.entries(failures)) add(total.failures, name, times)
    for (const person of ended) if (!endedSince.has(person)) endedSince.set(person, performance.now())
  }
  const task = { redisUrl: redis.url, accountsUrl: provider.url, credentials: provider.credentials, people: ids, lanes }
  const workers = startWorkers(plan.processes, task, take)
  ends.defer(() => workers.end())

  let [killed, lost, restored] = [0, 0, 0]
  const killing = setInterval(() => {
    workers.kill()
    killed += 1
  }, plan.killEvery)
  ends.defer(() => clearInterval(killing))
  const freezing = freeze()
  while (total.refreshes < plan.refreshes) {
    await sleep(20)
    await settle(20_000)
  }
  clearInterval(killing)
  await freezing
  await workers.stop()
  await settle(0)
  const good = provider.goodTokens()
  for (const person of ids) lost += (await people.isLinked(person, good)) ? 0 : 1

  const { requests, refusals, owed, duplicates, faults } = provider.seen
  const { refreshes, mixed, failures } = total
  return {
    counts: {
      ...{ refreshes, attempts: requests, retries: sum(failures), 'faults injected': sum(faults) },
      ...{ 'answers owed and never arrived': owed, 'processes killed': killed, 'processes frozen': plan.freezes },
      ...{ 'refused by the provider': refusals, 'taken for ended and back again': restored },
    },
    ...{ failures, faults, lost, duplicates, mixed, crashed: workers.crashed },
    // A killed process may have had an answer in hand on each lane.
    bound: plan.rotation === 'strict' ? owed + killed * lanes : 0,
  }

  async function freeze(): Promise<void> {
    for (let times = 0; times < plan.freezes; times += 1) await workers.freeze()
  }

  /** People who have been told that they are not linked link again, once nothing can bring the link back any more. */
  async function settle(wait: number): Promise<void> {
    for (const [person, since] of endedSince) {
      if (performance.now() - since < wait) continue
      endedSince.delete(person)
      if (await people.isLinked(person, provider.goodTokens())) restored += 1
      else {
        lost += 1
        await people.link(person)
      }
    }
  }
}
