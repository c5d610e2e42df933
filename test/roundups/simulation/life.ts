import type { Schedule } from '../../../src/roundups/roundups.ts'
import type { Store } from '../../../src/store/store.ts'
import { modelStore } from '../../store/model.ts'
import { createChat, type Post } from '../chat.ts'
import { change, isRunning, type Change } from './changes.ts'
import { judge, type Evidence, type Verdict } from './judge.ts'
import { createRandom, type Random } from './random.ts'
import { startReplica, type Replica } from './replica.ts'
import { channels, keys, manager, people, server, settingsFor, songsOf } from './server.ts'
import { noFaults, startSimulation, type Simulation } from './simulation.ts'

export type Counts = Verdict &
  Simulation['counts'] &
  Record<'periods' | 'monthly' | Change['what'] | 'downtimes' | 'found' | 'takenAway' | 'removals', number>

const second = 1_000
const hour = 3600 * second
const downtimes = [hour, 3 * 24 * hour, 40 * 24 * hour]
const farthestClock = 3 * hour
// Longer than a lease, a look, and the pause after a failure.
const recovery = 150 * second
// A removal that has failed a few times rests for longer.
const removed = 400 * second

/**
 * So many periods of two schedules, weekly or monthly, with three processes, of which every one has its troubles:
 * crashes between any two steps, lost answers, a store that goes away, clocks that jump, long sleeps, schedules that are
 * changed, paused for weeks, deleted and set up again. After each there is time to recover, and then it is judged.
 */
export async function live(seed: number, periods: number): Promise<Counts> {
  const random = createRandom(seed)
  const simulation = startSimulation(random, Date.UTC(2026, 0, 5) + random.between(0, 400) * 24 * hour)
  try {
    const life = createLife(random, simulation)
    await life.begin()
    const sum = noVerdict()
    const counts = { periods: 0, monthly: 0, changed: 0, paused: 0, resumed: 0, deleted: 0, 'paused and resumed': 0 }
    let downtimes = 0
    for (let period = 1; period <= periods; period += 1) {
      const { verdict, changes, downtime, monthly } = await life.period()
      counts.periods += 1
      counts.monthly += monthly ? 1 : 0
      for (const { what } of changes) counts[what] += 1
      downtimes += downtime ? 1 : 0
      addTo(sum, { ...verdict, wrong: verdict.wrong.map((what) => `seed ${seed}, period ${period}: ${what}`) })
    }
    const { outcomes, takenAway, removals } = life
    const found = outcomes['found'] ?? 0
    return {
      ...sum,
      ...simulation.counts,
      ...{ ...counts, downtimes, found, takenAway: takenAway(), removals: removals() },
    }
  } finally {
    simulation.end()
  }
}

interface Life {
  readonly outcomes: Record<string, number>
  /** Posts that came through twice, and were seen for a moment. */
  takenAway(): number
  /** How often somebody has left whose songs were in the chat. */
  removals(): number
  begin(): Promise<void>
  period(): Promise<{
    readonly verdict: Verdict
    readonly changes: readonly Change[]
    readonly downtime: boolean
    readonly monthly: boolean
  }>
}

function createLife(random: Random, simulation: Simulation): Life {
  const store: Store = modelStore(simulation.now)
  const chat = createChat(simulation.now)
  const library = { since: async (person: string) => ({ songs: songsOf(person, simulation.now()), isCut: false }) }
  const outcomes: Record<string, number> = {}
  let removals = 0
  /** By channel, up to when there was no roundup, or none that had been posted. */
  const resumedBy = new Map<string, number>()
  const start = (): Replica => startReplica(simulation, { store, publisher: chat.publisher, library }, outcomes)
  const replicas = [start(), start(), start()]
  const restart = (share: number): void =>
    replicas.forEach(({ alive }, index) => {
      if (!alive && random.chance(share)) replicas[index] = start()
    })
  const stored = (): Promise<(Schedule | undefined)[]> =>
    Promise.all(keys.map(async (key) => (await store.get('roundups', key)) as unknown as Schedule | undefined))
  const setUp = (channel: string) =>
    ends(random.oneOf(replicas).roundups.setUp(server, settingsFor(random, simulation.now(), channel), manager))

  return {
    outcomes,
    takenAway: () => chat.removed.length,
    removals: () => removals,
    async begin() {
      for (const person of people) await ends(random.oneOf(replicas).roundups.join(person, server))
      for (const channel of channels) await setUp(channel)
    },
    async period() {
      const before = await running()
      const [subject] = before.filter(isRunning).toSorted((a, b) => a.dueAt - b.dueAt) as [Schedule]
      const known = chat.posts.length
      await simulation.leap(subject.dueAt - random.between(5, 60) * second - simulation.now())
      const changes: Change[] = []
      const { downtime, clocksJump } = await trouble(subject, before, changes)
      await recover()
      const index = await store.due('roundups', Infinity, 10)
      const after = await stored()
      const verdict = noVerdict()
      for (const [at, key] of keys.entries()) {
        const [own, now, channel = ''] = [before[at], after[at], channels[at]]
        const made = changes.filter((one) => one.channel === channel)
        // The first post of all shows one period, whatever was chosen before.
        const isNew = !isRunning(own) || own.coveredUntil === null
        if (isNew || made.some(({ what }) => what !== 'changed'))
          resumedBy.set(channel, simulation.now() + (clocksJump ? farthestClock : 0))
        const isNamed = index.includes(key) && (await store.due('roundups', now?.dueAt ?? 0, 10)).includes(key)
        const inChannel = (posts: readonly Post[]) => posts.filter((post) => post.channel === channel)
        const posts = { all: inChannel(chat.posts), known: inChannel(chat.posts.slice(0, known)).length }
        const circumstances = { clocksJump, downtime, isNamed, now: simulation.now() }
        const bounds = { resumedBy: resumedBy.get(channel) ?? 0, posts }
        addTo(verdict, judge({ before: own, after: now, changes: made, ...circumstances, ...bounds }))
      }
      if (random.chance(0.25)) verdict.wrong.push(...(await removal()))
      return { verdict, changes, downtime, monthly: subject.every === 'month' }
    },
  }

  /** The schedules, of which one is not paused: if need be, somebody sees to that. */
  async function running(): Promise<(Schedule | undefined)[]> {
    const found = await stored()
    if (found.some(isRunning)) return found
    const channel = random.oneOf(channels)
    await setUp(channel)
    resumedBy.set(channel, simulation.now())
    return stored()
  }

  async function trouble(subject: Schedule, before: readonly (Schedule | undefined)[], changes: Change[]) {
    const rate = random.oneOf([0, 0.02, 0.06])
    const faults = {
      crash: rate,
      failure: random.oneOf([0, 0.03]),
      freeze: random.oneOf([0, 0.01]),
      storeAwayUntil: 0,
    }
    simulation.faults = faults
    const isRestless = random.chance(0.4)
    const clocksJump = random.chance(0.2)
    const sleeps = random.chance(0.12)
    const asleepAt = subject.dueAt + random.between(-10, 60) * second
    let slept = false
    await simulation.pass(subject.dueAt - simulation.now() + random.between(20, 120) * second, async () => {
      restart(0.15)
      const someone = random.oneOf(replicas)
      if (rate > 0 && random.chance(0.01)) someone.alive = false
      if (clocksJump && random.chance(0.02)) someone.offset = random.between(-180, 180) * 60 * second
      if (faults.failure > 0 && random.chance(0.005))
        faults.storeAwayUntil = simulation.now() + random.between(1, 60) * second
      if (isRestless && random.chance(0.02)) {
        const at = random.between(0, keys.length - 1)
        changes.push(change(random, simulation.now, someone, channels[at] ?? '', before[at]))
      }
      if (sleeps && !slept && simulation.now() >= asleepAt) {
        slept = true
        for (const replica of replicas) replica.alive = false
        await simulation.leap(random.oneOf(downtimes))
      }
    })
    return { downtime: slept, clocksJump } satisfies Partial<Evidence>
  }

  /** Somebody leaves while the post is in an archived thread, and every process may die over it. What is wrong then. */
  async function removal(): Promise<string[]> {
    const person = random.oneOf(people)
    const shown = () => chat.posts.filter(({ components }) => JSON.stringify(components).includes(person))
    const posts = shown().filter(({ at }) => at > simulation.now() - 24 * hour)
    const threads = [...new Set(posts.map(({ channel }) => channel))].filter(() => random.chance(0.7))
    for (const channel of threads) chat.archive(channel)
    await ends(random.oneOf(replicas).roundups.leave(person, server))
    simulation.faults = { ...noFaults, crash: 0.05, failure: 0.05, freeze: 0.01 }
    await simulation.pass(60 * second, () => restart(0.1))
    simulation.faults = noFaults
    for (const replica of replicas) replica.frozenUntil = 0
    restart(1)
    await simulation.pass(removed)
    const stays = shown().filter(({ message }) => posts.some((one) => one.message === message))
    const open = threads.filter((channel) => !chat.isArchived(channel))
    await ends(random.oneOf(replicas).roundups.join(person, server))
    removals += posts.length
    return [...stays.map(({ page }) => `who left stays in ${page.id}`), ...open.map((one) => `${one} was left open`)]
  }

  async function recover(): Promise<void> {
    simulation.faults = noFaults
    for (const replica of replicas) Object.assign(replica, { offset: 0, frozenUntil: 0 })
    restart(1)
    await simulation.pass(recovery)
  }

  async function ends<T>(work: Promise<T>): Promise<T> {
    const over = { yet: false }
    const done = work.finally(() => (over.yet = true))
    done.catch(() => undefined)
    while (!over.yet) await simulation.pass(second)
    return done
  }
}

function noVerdict(): Verdict {
  return { weeklyPosts: 0, monthlyPosts: 0, late: 0, duplicates: 0, missed: 0, joints: 0, gaps: 0, wrong: [] }
}

function addTo(sum: Verdict, { wrong, ...counts }: Verdict): void {
  for (const name of Object.keys(counts) as (keyof typeof counts)[]) sum[name] += counts[name]
  sum.wrong.push(...wrong)
}
