import type { Schedule } from '../../../src/roundups/roundups.ts'
import type { Store } from '../../../src/store/store.ts'
import { modelStore } from '../../store/model.ts'
import { createChat, type Post } from '../chat.ts'
import { judge, type Change, type Evidence, type Verdict } from './judge.ts'
import { createRandom, type Random } from './random.ts'
import { startReplica, type Replica } from './replica.ts'
import { channels, keys, manager, people, server, settingsNear, songsOf } from './server.ts'
import { noFaults, startSimulation, type Simulation } from './simulation.ts'

export type Counts = Verdict &
  Simulation['counts'] &
  Record<'periods' | 'monthly' | 'changes' | 'downtimes' | 'found' | 'takenAway' | 'removals', number>

const second = 1_000
const hour = 3600 * second
const downtimes = [hour, 3 * 24 * hour, 40 * 24 * hour]
// Longer than a lease, a look, and the pause after a failure.
const recovery = 150 * second
// A removal that has failed a few times rests for longer.
const removed = 400 * second

/**
 * So many periods of two schedules, weekly or monthly, with three processes, of which every one has its troubles: crashes between any two
 * steps, lost answers, a store that goes away, clocks that jump, long sleeps, changes of the schedule. After each
 * there is time to recover, and then it is judged.
 */
export async function live(seed: number, periods: number): Promise<Counts> {
  const random = createRandom(seed)
  const simulation = startSimulation(random, Date.UTC(2026, 0, 5) + random.between(0, 400) * 24 * hour)
  try {
    const life = createLife(random, simulation)
    await life.begin()
    const sum: Verdict = { posts: 0, late: 0, duplicates: 0, missed: 0, wrong: [] }
    const counts = { periods: 0, monthly: 0, changes: 0, downtimes: 0, found: 0 }
    for (let period = 1; period <= periods; period += 1) {
      const { verdict, changes, downtime, monthly } = await life.period()
      counts.periods += 1
      counts.monthly += monthly ? 1 : 0
      counts.changes += changes
      counts.downtimes += downtime ? 1 : 0
      for (const name of ['posts', 'late', 'duplicates', 'missed'] as const) sum[name] += verdict[name]
      sum.wrong.push(...verdict.wrong.map((what) => `seed ${seed}, period ${period}: ${what}`))
    }
    return {
      ...sum,
      ...simulation.counts,
      ...counts,
      found: life.outcomes['found'] ?? 0,
      takenAway: life.takenAway(),
      removals: life.removals(),
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
    readonly changes: number
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
  const start = (): Replica => startReplica(simulation, { store, publisher: chat.publisher, library }, outcomes)
  const replicas = [start(), start(), start()]
  const restart = (share: number): void =>
    replicas.forEach(({ alive }, index) => {
      if (!alive && random.chance(share)) replicas[index] = start()
    })
  const stored = (): Promise<Schedule[]> =>
    Promise.all(keys.map(async (key) => (await store.get('roundups', key)) as unknown as Schedule))

  return {
    outcomes,
    takenAway: () => chat.removed.length,
    removals: () => removals,
    async begin() {
      const { roundups } = random.oneOf(replicas)
      for (const person of people) await ends(roundups.join(person, server))
      for (const channel of channels)
        await ends(roundups.setUp(server, settingsNear(random, simulation.now(), channel), manager))
    },
    async period() {
      const before = await stored()
      // The one whose turn is next has all the changes.
      const [subject] = before.toSorted((a, b) => a.dueAt - b.dueAt) as [Schedule]
      const known = chat.posts.length
      await simulation.leap(subject.dueAt - random.between(5, 60) * second - simulation.now())
      const made: Change[] = []
      const { downtime, clocksJump } = await trouble(subject, made)
      await recover(subject.channel, made)
      const index = await store.due('roundups', Infinity, 10)
      const after = await stored()
      const verdict: Verdict = { posts: 0, late: 0, duplicates: 0, missed: 0, wrong: [] }
      for (const [at, key] of keys.entries()) {
        const [own, now] = [before[at], after[at]] as [Schedule, Schedule]
        const isNamed = index.includes(key) && (await store.due('roundups', now.dueAt, 10)).includes(key)
        const inChannel = (posts: readonly Post[]) => posts.filter(({ channel }) => channel === own.channel)
        const posts = { all: inChannel(chat.posts), known: inChannel(chat.posts.slice(0, known)).length }
        const changes = own === subject ? made : []
        const evidence = {
          before: own,
          after: now,
          changes,
          clocksJump,
          downtime,
          isNamed,
          now: simulation.now(),
          posts,
        }
        const { wrong, ...counts } = judge(evidence)
        for (const name of ['posts', 'late', 'duplicates', 'missed'] as const) verdict[name] += counts[name]
        verdict.wrong.push(...wrong)
      }
      if (random.chance(0.25)) verdict.wrong.push(...(await removal()))
      return { verdict, changes: made.length, downtime, monthly: subject.every === 'month' }
    },
  }

  async function trouble(before: Schedule, changes: Change[]): Promise<Pick<Evidence, 'downtime' | 'clocksJump'>> {
    const rate = random.oneOf([0, 0.02, 0.06])
    const faults = {
      crash: rate,
      failure: random.oneOf([0, 0.03]),
      freeze: random.oneOf([0, 0.01]),
      storeAwayUntil: 0,
    }
    simulation.faults = faults
    const isRestless = random.chance(0.3)
    const clocksJump = random.chance(0.2)
    const sleeps = random.chance(0.12)
    const asleepAt = before.dueAt + random.between(-10, 60) * second
    let slept = false
    await simulation.pass(before.dueAt - simulation.now() + random.between(20, 120) * second, async () => {
      restart(0.15)
      const someone = random.oneOf(replicas)
      if (rate > 0 && random.chance(0.01)) someone.alive = false
      if (clocksJump && random.chance(0.02)) someone.offset = random.between(-180, 180) * 60 * second
      if (faults.failure > 0 && random.chance(0.005))
        faults.storeAwayUntil = simulation.now() + random.between(1, 60) * second
      if (isRestless && random.chance(0.02)) changes.push(change(someone, before))
      if (sleeps && !slept && simulation.now() >= asleepAt) {
        slept = true
        for (const replica of replicas) replica.alive = false
        await simulation.leap(random.oneOf(downtimes))
      }
    })
    return { downtime: slept, clocksJump }
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

  /** Somebody in the server changes the schedule, by way of one process. */
  function change(replica: Replica, { dueAt, channel }: Schedule): Change {
    const local = (): number => simulation.now() + replica.offset
    const pauses = random.chance(0.25)
    // A server that pauses does without what is due at that moment.
    const isAfterDue = !pauses && local() >= dueAt && replica.offset === 0
    const made: Change = { isAfterDue, endedAt: Infinity }
    const near = random.chance(0.5) ? random.between(-3, 3) * hour : 0
    const { roundups } = replica
    const work: Promise<unknown> = pauses
      ? roundups.pause(server, channel).then(() => roundups.resume(server, channel))
      : roundups.setUp(server, settingsNear(random, simulation.now() + near, channel), manager)
    const over = (): void => void (made.endedAt = Math.max(simulation.now(), local()))
    work.then(over, over)
    return made
  }

  async function recover(channel: string, changes: Change[]): Promise<void> {
    simulation.faults = noFaults
    for (const replica of replicas) Object.assign(replica, { offset: 0, frozenUntil: 0 })
    restart(1)
    await simulation.pass(recovery)
    if ((await stored()).every(({ paused }) => paused === null)) return
    // Somebody was told that pausing had failed, and it had not.
    await ends(random.oneOf(replicas).roundups.resume(server, channel))
    changes.push({ isAfterDue: false, endedAt: simulation.now() })
  }

  async function ends<T>(work: Promise<T>): Promise<T> {
    const over = { yet: false }
    const done = work.finally(() => (over.yet = true))
    done.catch(() => undefined)
    while (!over.yet) await simulation.pass(second)
    return done
  }
}
