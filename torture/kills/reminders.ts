import type { FakeDiscord, Person } from '../../sandbox/discord/discord.ts'
import type { FakeSpotify } from '../../sandbox/spotify/spotify.ts'
import { createAccounts } from '../../src/accounts/accounts.ts'
import { consentEnds } from '../../src/accounts/links.ts'
import type { App } from '../../src/context.ts'
import { linkDirectly } from '../crowd.ts'
import { patiently } from '../patiently.ts'

interface Connection {
  readonly person: string
  /** Of the two reminders the one that is due. */
  readonly number: 1 | 2
  readonly link: string
  /** In milliseconds. */
  readonly ends: number
  readonly processes: Set<string>
  /** When a process died last that had begun. */
  diedAt: number | undefined
  doneAt: number | undefined
}

const day = 24 * 60 * 60 * 1000
const first = 700_000_000_000_000_000n
const account = 'ana-spotify'
// How long before the end each is due, and could not be sent earlier.
const due = { 1: [4, 13], 2: [0.2, 1.8] } as const

/** As many as may be reminded, none of them linked. */
export function makePeople(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: String(first + BigInt(index)), username: `reminded${index}`, displayName: `Reminded ${index}` },
    color: '#1d6fb8',
  }))
}

/**
 * People whose connection ends within two weeks, so that the first reminder is due at once; and when that is over and
 * they have renewed, within two days, so that the second one is.
 */
export function createReminded(app: App, discord: FakeDiscord, spotify: FakeSpotify, people: readonly Person[]) {
  const connections: Connection[] = []
  const open = () => connections.filter(({ doneAt }) => doneAt === undefined)
  let begun = 0
  return { makeDue, left: () => open().length, touched, died, look, result }

  async function makeDue(count: number): Promise<void> {
    for (const { id } of people.slice(begun, begun + count)) {
      begun += 1
      await patiently(() => app.sharing.set(id, discord.guild.id, true))
      await connect(id, 1)
    }
  }

  async function connect(person: string, number: 1 | 2): Promise<void> {
    const now = Date.now()
    const authorizedAt = authorizedFor(number, now)
    const accounts = createAccounts(app.store, app.crypto, app.spotify, () => authorizedAt)
    const link = await patiently(async () => {
      // What failed may have been done.
      if ((await app.accounts.find(person))?.authorizedAt !== authorizedAt)
        await linkDirectly({ ...app, accounts }, spotify, person, account)
      // The time that connecting notes is over, so a process may have looked at the earlier link yet.
      await app.store.schedule('reminders', person, now)
      return app.accounts.get(person)
    })
    const ends = consentEnds(link)
    connections.push({
      person,
      number,
      link: link.id,
      ends,
      processes: new Set(),
      diedAt: undefined,
      doneAt: undefined,
    })
  }

  /** Notes which process has to do with a person. */
  function touched(person: string, process: string): void {
    open()
      .find((one) => one.person === person)
      ?.processes.add(process)
  }

  function died(process: string): void {
    for (const one of open()) if (one.processes.has(process)) one.diedAt = Date.now()
  }

  /** Looks which are done with by now; those people renew. */
  async function look(): Promise<void> {
    const left = open()
    const noted = await Promise.all(left.map(({ person }) => app.reminders.about(person)))
    for (const [index, one] of left.entries()) {
      const { link, done = 0 } = noted[index]?.ofThisConnection ?? {}
      if (link !== one.link || done < one.number) continue
      one.doneAt = Date.now()
      if (one.number === 1) await connect(one.person, 2)
    }
  }

  function result() {
    const sent = connections.map(({ person, ends }) => {
      const told = discord.directs(person).filter(({ content }) => content.includes(`<t:${Math.floor(ends / 1000)}:R>`))
      return told.length
    })
    const all = people.reduce((sum, { id }) => sum + discord.directs(id).length, 0)
    const of = (number: 1 | 2) => {
      const own = sent.filter((_, index) => connections[index]?.number === number)
      return { due: own.length, sent: own.reduce((one, other) => one + other, 0) }
    }
    const takeovers = connections.filter(({ diedAt }) => diedAt !== undefined)
    const times = takeovers.map(({ diedAt = 0, doneAt = Infinity }) => (doneAt - diedAt) / 1000)
    return {
      first: of(1),
      second: of(2),
      takeovers: takeovers.length,
      duplicates: sent.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      missed: sent.filter((count) => count === 0).length,
      /** Direct messages that are about none of these connections. */
      others: all - sent.reduce((one, other) => one + other, 0),
      longestTakeover: Math.max(0, ...times),
    }
  }
}

/** When somebody has connected for that reminder to be due. */
function authorizedFor(number: 1 | 2, now: number): number {
  const [least, most] = due[number]
  // Six months are between 181 and 184 days, and few of their ends are no day of the month.
  for (let at = now - 185 * day; at < now; at += day / 24) {
    const left = consentEnds({ authorizedAt: at }) - now
    if (left >= least * day && left <= most * day) return at
  }
  throw new Error('Nobody has a connection that ends so soon')
}
