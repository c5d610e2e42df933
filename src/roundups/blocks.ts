import type { Crypto } from '../crypto.ts'
import { UserError } from '../errors.ts'
import type { Store } from '../store/store.ts'

const most = 1_000

/** Whom the managers of a server keep out of its roundups: as HMACs, which name nobody and outlive an unlink. */
export function createBlocks(store: Store, crypto: Pick<Crypto, 'hmacs'>) {
  return {
    async isBlocked(person: string, server: string): Promise<boolean> {
      const blocked = await store.members(setOf(server))
      return namesOf(person, server).some((name) => blocked.includes(name))
    },
    /** Rejects with UserError where a server keeps out as many as it can. */
    async block(person: string, server: string): Promise<void> {
      const [name, ...earlier] = namesOf(person, server)
      const blocked = await store.members(setOf(server))
      if (blocked.includes(name)) return
      if (blocked.length >= most) throw new UserError('roundup.remove.full', { most })
      await store.add(setOf(server), name)
      for (const one of earlier) await store.remove(setOf(server), one)
    },
    async lift(person: string, server: string): Promise<void> {
      for (const name of namesOf(person, server)) await store.remove(setOf(server), name)
    },
  }

  /** By every key of the keyring: the first is written. Of one person in two servers they have nothing in common. */
  function namesOf(person: string, server: string) {
    return crypto.hmacs(`${person} in ${server}`, 'blocked')
  }
}

function setOf(server: string): string {
  return `blocked.${server}`
}
