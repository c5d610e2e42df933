import { runConcurrently } from '../concurrency.ts'
import type { Store } from '../store/store.ts'
import { settleMember } from './settle-member.ts'

const atOnce = 50

interface Leaving {
  /** Notes that somebody is leaving, so that `endLeaving` is called soon, whatever becomes of this process. */
  announce(server: string): Promise<void>
  /** Takes a person out of what is stored of a server. Whether some of that is still to be done, until `isOut`. */
  takeOut(person: string, server: string): Promise<boolean>
}

/**
 * Who is in the roundups of which server. The set of a person's servers decides. That of a server's people only finds them: it is written
 * after the first and read against it, so that a join and a leave that cross, or die halfway, cannot disagree.
 */
export function createMembers(store: Store, { announce, takeOut }: Leaving) {
  const all = (person: string): Promise<string[]> => store.members(`roundups.${person}`)
  const decides = async (person: string, server: string) => (await all(person)).includes(server)

  return {
    decides,
    /** Mends what a join has left that died. */
    async takesPart(person: string, server: string): Promise<boolean> {
      const isIn = await decides(person, server)
      if (isIn && !(await store.members(`roundup.${server}`)).includes(person)) await settle(person, server)
      return isIn
    },
    servers: async (person: string) => (await all(person)).filter((name) => !name.includes('.')),
    showsAll,
    /** Those of these people who agreed to be shown with everything. */
    agreed: (people: readonly string[], server: string) => only(people, server, showsAll),
    /** Also the servers whose roundups they have left, while something of theirs may be stored. */
    async left(person: string): Promise<string[]> {
      const names = await all(person)
      return [...new Set(names.map((name) => name.slice(name.indexOf('.') + 1)))]
    },
    only: (people: readonly string[], server: string) => only(people, server),
    /** Everybody who has joined, and nobody whom only the server's set names. */
    async list(server: string): Promise<string[]> {
      const { people, others } = await named(server)
      // A store that is full can be asked all the same.
      for (const person of others) await finish(person, server).catch(() => undefined)
      return [...people]
    },
    /** Comes to the end of what those have begun who left. */
    async endLeaving(server: string): Promise<void> {
      for (const person of (await named(server)).others) await finish(person, server)
    },
    /** `isAll`: they agree to be shown with everything; else that stays as it is, and who was not in has not agreed. */
    async join(person: string, server: string, isAll: boolean): Promise<void> {
      if (!isAll && !(await decides(person, server))) await store.remove(`roundups.${person}`, whole + server)
      await store.add(`roundups.${person}`, server)
      // A leave takes them in the other order, so of the two that cross none leaves somebody in without what they agreed to.
      if (isAll) await store.add(`roundups.${person}`, whole + server)
      await settle(person, server)
    },
    /** In force at once; then the rest of it, to whose end `endLeaving` comes where this one fails. */
    async leave(person: string, server: string): Promise<void> {
      // A store that is full takes no marks, and has to let people leave all the same.
      await store.add(`roundups.${person}`, leaving + server).catch(() => undefined)
      await announce(server).catch(() => undefined)
      await store.remove(`roundups.${person}`, whole + server)
      await store.remove(`roundups.${person}`, server)
      await finish(person, server)
    },
    isOut,
  }

  /**
   * Whether somebody agreed to be shown with everything. Who joined with 0.1.0 was told of the songs that others saved
   * too, and otherwise their newest three.
   */
  async function showsAll(person: string, server: string): Promise<boolean> {
    const names = await all(person)
    return names.includes(server) && names.includes(whole + server)
  }

  /** By the server's set: who has joined, and who has not. */
  async function named(server: string) {
    const found = new Set(await store.members(`roundup.${server}`))
    const people = await only([...found], server)
    return { people, others: found.difference(people) }
  }

  /** The server's set names them until the rest is noted, so that `endLeaving` finds them. */
  async function finish(person: string, server: string): Promise<void> {
    const goesOn = await takeOut(person, server)
    await settle(person, server)
    if (!goesOn) await isOut(person, server)
  }

  /** Nothing of theirs is stored of a server any more. */
  async function isOut(person: string, server: string): Promise<void> {
    await store.remove(`roundups.${person}`, leaving + server)
  }

  /** Those of these people who have joined. */
  async function only(people: readonly string[], server: string, is = decides): Promise<Set<string>> {
    const isIn = await runConcurrently(people, atOnce, (person) => is(person, server))
    return new Set(people.filter((_, index) => isIn[index]))
  }

  /** Lets the server's set say what the person's says. */
  function settle(person: string, server: string): Promise<void> {
    return settleMember(store, `roundup.${server}`, person, () => decides(person, server))
  }
}

const leaving = 'leaving.'
const whole = 'whole.'
