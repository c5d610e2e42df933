import { randomInt } from 'node:crypto'
import type { Crypto } from '../crypto.ts'
import type { Store, Versioned } from '../store/store.ts'
import type { RoundupHeads } from './roundup-heads.ts'

const kind = 'roundup-uses'
const hour = 60 * 60 * 1000
const mostTries = 20
// Each asks Spotify once a member.
const mostByPerson = 10
const mostInServer = 30

type PersonUses = Versioned & { readonly at: readonly number[] }

/** Who asks for roundups now, and in which servers that happens; each for an hour. */
export function createUses(store: Store, heads: RoundupHeads, crypto: Pick<Crypto, 'hmacs'>, now: () => number) {
  return {
    /** Notes that somebody asks; undefined, or whose turn is over and until when, in milliseconds. */
    async claim(person: string, server: string) {
      // Looked at first, so that a server's limit takes nothing from the person's.
      let inServer = fullUntil((await heads.read(server))?.uses ?? [], mostInServer)
      if (!inServer) {
        const byPerson = await note(person)
        if (byPerson) return { by: 'person', most: mostByPerson, until: byPerson } as const
        await heads.change(server, ({ uses }) => {
          inServer = fullUntil(uses, mostInServer)
          return inServer ? undefined : { uses: [...uses, now()] }
        })
      }
      return inServer ? ({ by: 'server', most: mostInServer, until: inServer } as const) : undefined
    },
    /** When the person asked within the last hour, in milliseconds. */
    of: async (person: string) => (await read(person)).flatMap((record) => alive(record?.at ?? [])),
    async forget(person: string): Promise<void> {
      for (const name of namesOf(person)) await store.delete(kind, name)
    },
  }

  /** 0, or until when the person has to wait. */
  async function note(person: string): Promise<number> {
    for (let tries = 1; tries <= mostTries; tries += 1) {
      const [before, ...earlier] = await read(person)
      const times = [...earlier, before].flatMap((record) => record?.at ?? []).toSorted((a, b) => a - b)
      const until = fullUntil(times, mostByPerson)
      if (until) return until
      const [name] = namesOf(person)
      const at = [...alive(before?.at ?? []), now()]
      const isDone = before
        ? await store.compareAndSet(kind, name, before.version, { version: before.version + 1, at }, hour)
        : await store.create(kind, name, { version: randomInt(1, 2 ** 47), at }, hour)
      if (isDone) return 0
    }
    throw new Error('Somebody asks for too many roundups at once')
  }

  /** By every key of the keyring: the first is written. */
  function read(person: string) {
    return Promise.all(namesOf(person).map(async (name) => (await store.get(kind, name)) as PersonUses | undefined))
  }

  function namesOf(person: string) {
    return crypto.hmacs(person, kind)
  }

  function alive(times: readonly number[]): number[] {
    return times.filter((at) => at > now() - hour)
  }

  /** 0 where there is room; the oldest first. */
  function fullUntil(times: readonly number[], most: number): number {
    const until = (times.at(-most) ?? -Infinity) + hour
    return until > now() ? until : 0
  }
}
