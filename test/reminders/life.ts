import { sha256 } from '../../src/crypto.ts'
import type { Link } from '../../src/accounts/links.ts'
import { noRemindersKind, reminderTimes } from '../../src/accounts/reminder-times.ts'
import { modelStore } from '../store/model.ts'
import { createRandom, type Random } from '../roundups/simulation/random.ts'
import { noFaults, startSimulation, type Simulation } from '../roundups/simulation/simulation.ts'
import { createConversations, linkOf, people, startReplica, type Replica } from './people.ts'

export interface ReminderCounts {
  readonly counts: Record<'occasions' | 'reminders' | 'changes' | 'downtimes' | 'duplicates' | 'missed', number> &
    Simulation['counts']
  readonly wrong: readonly string[]
}

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
// The second is the end of the time in which the first reminder may still be sent.
const downtimes = [hour, 12 * day, 20 * day]
// Longer than a lease, a look, the pause after a failure, and the minute in which five conversations are begun.
const recovery = 240 * second
// A process may stop for up to 400 seconds just before it sends one, and what it sends arrives within a minute.
const underWay = 460 * second

/**
 * So many times that reminders are due, of people with three processes. Every one has its troubles: crashes between any
 * two steps, lost answers, a store that goes away, clocks that jump, long sleeps; people who renew, unlink, stop
 * sharing, and turn reminders off. After each there is time to recover, and then it is judged.
 */
export async function liveReminded(seed: number, occasions: number): Promise<ReminderCounts> {
  const random = createRandom(seed)
  const simulation = startSimulation(random, Date.UTC(2026, 0, 5) + random.between(0, 400) * day)
  try {
    return await life(random, simulation, occasions, seed)
  } finally {
    simulation.end()
  }
}

async function life(random: Random, simulation: Simulation, occasions: number, seed: number): Promise<ReminderCounts> {
  const store = modelStore(simulation.now)
  const chat = createConversations(simulation.now)
  const started: Replica[] = []
  const start = (): Replica => {
    const replica = startReplica(simulation, { store, chat })
    started.push(replica)
    return replica
  }
  const replicas = [start(), start(), start()]
  const restart = (share: number): void =>
    replicas.forEach(({ alive }, index) => {
      if (!alive && random.chance(share)) replicas[index] = start()
    })
  const counts = { occasions: 0, reminders: 0, changes: 0, downtimes: 0, duplicates: 0, missed: 0 }
  const wrong: string[] = []
  let made = 0
  /** All connections so far: whose, and until when they were in force, by everybody's clock. */
  const links: { readonly person: string; readonly link: Link; overAt: number }[] = []

  while (counts.occasions < occasions) {
    await newConnections()
    for (const number of [1, 2]) {
      counts.occasions += 1
      await occasion(number)
    }
  }
  for (const replica of started) replica.end()
  return { counts: { ...counts, ...simulation.counts }, wrong }

  /** Everybody links or renews, all within a minute, and shares. */
  async function newConnections(): Promise<void> {
    for (const person of people) {
      await store.add(`sharing.${person}`, 'a server')
      await store.delete('no-reminders', person)
      await renews(person, simulation.now() - random.between(0, 60) * second)
    }
  }

  async function renews(person: string, authorizedAt: number, replica = random.oneOf(replicas)): Promise<void> {
    const link = linkOf(`link-${(made += 1)}`, authorizedAt)
    for (const one of links) if (one.person === person) one.overAt = Math.min(one.overAt, simulation.now())
    links.push({ person, link, overAt: Infinity })
    await ends(replica.renew(person, link))
  }

  async function occasion(number: number): Promise<void> {
    const before = new Map(await Promise.all(people.map(async (person) => [person, await latest(person)] as const)))
    const times = [...before.values()].flatMap((link) => (link ? (reminderTimes(link)[number - 1]?.from ?? []) : []))
    if (times.length === 0) return
    const due = Math.min(...times)
    const wait = due - random.between(5, 60) * second - simulation.now()
    if (wait > 0) await simulation.leap(wait)
    const changed = new Set<string>()
    const { clocksJump } = await trouble(due, changed)
    simulation.faults = noFaults
    for (const replica of replicas) Object.assign(replica, { offset: 0, frozenUntil: 0 })
    restart(1)
    await simulation.pass(recovery)
    await judge(before, changed, clocksJump)
  }

  async function trouble(due: number, changed: Set<string>): Promise<{ readonly clocksJump: boolean }> {
    const rate = random.oneOf([0, 0.02, 0.06])
    const faults = { crash: rate, failure: random.oneOf([0, 0.03]), freeze: random.oneOf([0, 0.01]), storeAwayUntil: 0 }
    simulation.faults = faults
    const isRestless = random.chance(0.3)
    const clocksJump = random.chance(0.2)
    const sleeps = random.chance(0.12)
    const asleepAt = due + random.between(-10, 60) * second
    let slept = false
    await simulation.pass(Math.max(due - simulation.now(), 0) + random.between(20, 160) * second, async () => {
      restart(0.15)
      const someone = random.oneOf(replicas)
      if (rate > 0 && random.chance(0.01)) someone.alive = false
      if (clocksJump && random.chance(0.02)) someone.offset = random.between(-180, 180) * minute
      if (faults.failure > 0 && random.chance(0.005))
        faults.storeAwayUntil = simulation.now() + random.between(1, 60) * second
      if (isRestless && random.chance(0.03)) change(someone, changed)
      if (sleeps && !slept && simulation.now() >= asleepAt) {
        slept = true
        counts.downtimes += 1
        for (const replica of replicas) replica.alive = false
        await simulation.leap(random.oneOf(downtimes))
      }
    })
    return { clocksJump }
  }

  function change(replica: Replica, changed: Set<string>): void {
    const person = random.oneOf(people)
    const was = links.findLast((one) => one.person === person)
    changed.add(person)
    counts.changes += 1
    const over = (): void => {
      if (was) was.overAt = Math.min(was.overAt, simulation.now())
    }
    const what = random.oneOf(['renew', 'unlink', 'off', 'stop sharing'] as const)
    if (what === 'renew') {
      const link = linkOf(`link-${(made += 1)}`, simulation.now())
      links.push({ person, link, overAt: Infinity })
      void replica.renew(person, link).then(over, () => undefined)
    } else if (what === 'unlink') void replica.unlink(person).then(over, () => undefined)
    else if (what === 'off') void replica.turn(person, false).then(over, () => undefined)
    else void store.remove(`sharing.${person}`, 'a server')
  }

  async function judge(
    before: ReadonlyMap<string, Link | undefined>,
    changed: ReadonlySet<string>,
    clocksJump: boolean,
  ) {
    const say = (what: string): void => void wrong.push(`seed ${seed}, occasion ${counts.occasions}: ${what}`)
    counts.reminders = 0
    counts.duplicates = 0
    for (const person of people) {
      const told = chat.told(person)
      const marks = told.map(({ mark }) => mark)
      counts.reminders += told.length
      counts.duplicates += marks.length - new Set(marks).size
      const link = before.get(person)
      // Somebody may have turned them off, or stopped sharing, when the first one was due.
      const isOff = (await store.get(noRemindersKind, person)) !== undefined
      const wants = !isOff && (await store.members(`sharing.${person}`)).length > 0
      if (link && wants && !changed.has(person)) {
        const now = simulation.now()
        const owed = reminderTimes(link).findIndex(({ from, until }) => from <= now - recovery && now < until)
        if (owed >= 0 && !marks.includes(markOf(link, owed + 1))) {
          counts.missed += 1
          say(`reminder ${owed + 1} of ${person} was never sent`)
        }
      }
    }
    if (counts.duplicates > 0) say(`${counts.duplicates} were sent twice`)
    for (const { person, link, overAt } of links) {
      const [first, last] = [1, 2].map((number) => chat.told(person).find(({ mark }) => mark === markOf(link, number)))
      for (const sent of [first, last])
        if (sent && sent.at > overAt + underWay) say('one was sent of a connection that was none any more')
      if (first && last && last.at - first.at < day - 6 * hour) say('two were sent at once')
      const [early] = reminderTimes(link)
      if (first && early && !clocksJump && first.at < early.from - 3 * hour) say('one was sent early')
    }
    for (const person of people) {
      if ((await store.due('reminders', simulation.now(), 100)).includes(person)) say('somebody is due still')
    }
  }

  async function latest(person: string): Promise<Link | undefined> {
    return (await store.get('links', person)) as unknown as Link | undefined
  }

  async function ends(work: Promise<void>): Promise<void> {
    const over = { yet: false }
    const done = work.finally(() => (over.yet = true))
    done.catch(() => undefined)
    while (!over.yet) await simulation.pass(second)
    return done
  }
}

function markOf({ id }: Link, number: number): string {
  return sha256(`${id} ${number}`).slice(0, 25)
}
