import { randomInt } from 'node:crypto'
import type { Accounts } from '../accounts/accounts.ts'
import { isLinkGone } from '../accounts/errors.ts'
import { runConcurrently } from '../concurrency.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store, type Versioned } from '../store/store.ts'
import { windowOf } from './collecting.ts'

/** A post that says that somebody's connection has ended. `until`: as long as it counts before it is in the chat. */
type Naming = { readonly server: string; readonly id: string; readonly until: number | null }
type Namings = Versioned & { readonly named: readonly Naming[] }

const kind = 'ended'
const day = 24 * 60 * 60 * 1000
const mostTimes = 4
const mostNamed = 10
const atOnce = 50
const mostTries = 20

/**
 * Whose connection has ended is named by four posts of a server, and by whatever somebody asks for. It is counted by
 * person, each post once, until they leave; a connection that is made after the end has left everything.
 */
export function createEnded(store: Store, accounts: Pick<Accounts, 'get'>, now: () => number) {
  return {
    /**
     * Of these people, whose connections had ended a moment ago, those whom a roundup is to name, and those of them who are
     * linked by now: where Spotify refuses everybody, they are all linked again.
     */
    async whom(people: readonly string[], server: string, id: string) {
      const counted = await runConcurrently(people, atOnce, async (person) => ({
        person,
        times: countIn((await read(person))?.named ?? [], server, id),
      }))
      const least = counted
        .filter(({ times }) => !isPost(id) || times < mostTimes)
        .toSorted((a, b) => a.times - b.times)
      const first = least.slice(0, mostNamed).map(({ person }) => person)
      const isOver = await runConcurrently(first, atOnce, isNotLinked)
      return { ended: first.filter((_, place) => isOver[place]), linked: first.filter((_, place) => !isOver[place]) }
    },
    /** Those of these people whom a roundup may name, counted for a day: others may be made at the same moment. */
    async claim(people: readonly string[], server: string, id: string): Promise<string[]> {
      if (!isPost(id)) return [...people]
      const mayBeNamed = await runConcurrently(people, atOnce, (person) =>
        change(person, (named) => {
          if (named.some((one) => one.id === id && one.until === null)) return named
          const others = named.filter((one) => one.id !== id)
          return countIn(others, server, id) < mostTimes ? [...others, { server, id, until: now() + day }] : undefined
        }),
      )
      return people.filter((_, place) => mayBeNamed[place])
    },
    /** Notes that a post which names them is in the chat. Those who have left meanwhile stay forgotten. */
    async count(people: readonly string[], id: string): Promise<void> {
      for (const person of isPost(id) ? people : [])
        await change(person, (named) => {
          return named.some((one) => one.id === id)
            ? named.map((one) => (one.id === id ? { ...one, until: null } : one))
            : undefined
        })
    },
    /** In one server, or everywhere. */
    async forget(person: string, server?: string): Promise<void> {
      if (server === undefined) await store.delete(kind, person)
      else await change(person, (named) => named.filter((one) => one.server !== server))
    },
    /** In which posts of which servers that was said of somebody. */
    of: async (person: string) => ((await read(person))?.named ?? []).map(({ server, id }) => ({ server, post: id })),
  }

  async function isNotLinked(person: string): Promise<boolean> {
    return accounts.get(person).then(
      () => false,
      (error: unknown) => {
        const isReadable = !(error instanceof UnreadableRecordError)
        if (error instanceof StoreUnavailableError && isReadable) throw error
        return isLinkGone(error)
      },
    )
  }

  function countIn(named: readonly Naming[], server: string, except: string): number {
    return named.filter((one) => one.server === server && one.id !== except && isCounted(one)).length
  }

  function isCounted({ until }: Naming): boolean {
    return until === null || until > now()
  }

  /** False where there is nothing to change. A mere claim runs out. */
  async function change(person: string, edit: (named: readonly Naming[]) => readonly Naming[] | undefined) {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const before = await read(person)
      const named = edit(before?.named ?? [])?.filter(isCounted)
      if (!named) return false
      if (!before && named.length === 0) return true
      const isKept = named.some(({ until }) => until === null)
      const value = { version: before ? before.version + 1 : randomInt(1, 2 ** 47), named }
      const ttl = isKept ? undefined : day
      if (named.length === 0 && before) {
        if (await store.deleteIfVersion(kind, person, before.version)) return true
      } else if (before) {
        if (await store.compareAndSet(kind, person, before.version, value, ttl)) return true
      } else if (await store.create(kind, person, value, ttl)) return true
    }
    throw new Error('What is noted about an ended connection changes too often to be changed')
  }

  async function read(person: string): Promise<Namings | undefined> {
    return (await store.get(kind, person)) as Namings | undefined
  }
}

/** Not one that somebody has asked for. */
function isPost(id: string): boolean {
  return windowOf(id) === undefined
}
