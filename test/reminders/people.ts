import { REST } from 'discord.js'
import { createDiscord } from '../../sandbox/discord/in-process.ts'
import { channels, guild, people as everybody } from '../../sandbox/people.ts'
import { consentEnds, type Link } from '../../src/accounts/links.ts'
import { noRemindersKind, remindersIndex } from '../../src/accounts/reminder-times.ts'
import { createDirects } from '../../src/discord/directs.ts'
import type { Log } from '../../src/log.ts'
import { createReminding, type DirectMessages } from '../../src/reminders/remind.ts'
import { createReminders } from '../../src/reminders/reminders.ts'
import { every } from '../../src/roundups/worker.ts'
import type { Json, Store } from '../../src/store/store.ts'
import { storeThrough, type Through } from '../roundups/simulation/replica.ts'
import type { Kind, Process, Simulation } from '../roundups/simulation/simulation.ts'

export const people = everybody.slice(0, 4).map(({ id }) => id)

const minute = 60_000
const tick = 5_000
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined } as unknown as Log

export type Chat = ReturnType<typeof createConversations>

/** The sandbox's Discord within the process, for time that passes at will. */
export function createConversations(now: () => number) {
  const discord = createDiscord({ people: everybody, guild, channels, now })
  const { apiUrl: api, makeRequest, credentials } = discord
  const unlimited = { globalRequestsPerSecond: Infinity, hashSweepInterval: 0, handlerSweepInterval: 0 }
  const rest = new REST({ api, makeRequest, retries: 0, ...unlimited }).setToken(credentials.token)
  return {
    discord,
    directs: () => createDirects(rest, log),
    /** The reminders that a person has, by mark. */
    told(person: string): readonly { readonly mark: string; readonly at: number }[] {
      if (discord.surprises.length > 0) throw new Error(discord.surprises.join('\n'))
      return discord.directs(person).map(({ components, createdAt }) => {
        const [, mark = ''] = /account:1:reminders-o\w+:\d+:(\w+)/.exec(JSON.stringify(components)) ?? []
        return { mark, at: createdAt }
      })
    },
  }
}

/** A connection as the store has it; whatever else is in it does not matter here. */
export function linkOf(id: string, authorizedAt: number): Link {
  return { id, authorizedAt, version: 1, endedAt: null, refreshToken: '', ownApp: false } as unknown as Link
}

export interface Replica extends Process {
  /** A connection is made or renewed by way of this process. */
  renew(person: string, link: Link): Promise<void>
  unlink(person: string): Promise<void>
  turn(person: string, isOn: boolean): Promise<void>
  /** Lets go of what it holds, when the simulation is over. */
  end(): void
}

/** A process of the program over what all of them share; it begins at once to look who is due. */
export function startReplica(
  simulation: Simulation,
  shared: { readonly store: Store; readonly chat: Chat },
  failed: (error: unknown) => void = () => undefined,
): Replica {
  const process: Process = { alive: true, frozenUntil: 0, offset: 0 }
  const through =
    (kind: Kind): Through =>
    (effect) =>
      simulation.step(process, kind, effect)
  const store = storeThrough(shared.store, through)
  const now = () => simulation.now() + process.offset
  const findEvenIfEnded = async (person: string) => (await store.get('links', person)) as unknown as Link | undefined
  const reminders = createReminders(store, { findEvenIfEnded, consentEnds }, now)
  const remind = createReminding({
    ...{ store, reminders, now, directs: directsThrough(shared.chat.directs(), through('chat')) },
    showsAnything: async (person) => (await store.members(`sharing.${person}`)).length > 0,
    describe: (link) => ({ ends: consentEnds(link), renewAt: 'https://hearsay.example/link' }),
  })
  const ending = new AbortController()
  const { signal } = ending
  void every(tick, () => remind(signal, failed), { signal, failed })
  return Object.assign(process, {
    async renew(person: string, link: Link) {
      await store.schedule(remindersIndex, person, now() + 10 * minute)
      await store.set('links', person, link as unknown as Json)
    },
    async unlink(person: string) {
      await store.delete('links', person)
      await store.unschedule(remindersIndex, person)
      await store.delete('reminded', person)
      await store.delete(noRemindersKind, person)
    },
    turn: (person: string, isOn: boolean) => reminders.set(person, isOn),
    end: () => ending.abort(),
  })
}

function directsThrough(directs: DirectMessages, step: Through): DirectMessages {
  /** The simulation is told what came of it, and the process is. */
  const through = async <T>(work: () => Promise<T>): Promise<T> => {
    const [outcome] = await step(() => Promise.allSettled([work()]))
    if (outcome.status === 'rejected') throw outcome.reason
    return outcome.value
  }
  return {
    wait: () => directs.wait(),
    open: (...of) => through(() => directs.open(...of)),
    remind: (...of) => through(() => directs.remind(...of)),
    findReminder: (...of) => through(() => directs.findReminder(...of)),
    remove: (...of) => through(() => directs.remove(...of)).catch(() => undefined),
  }
}
