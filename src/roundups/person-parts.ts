import { setImmediate as othersTurn } from 'node:timers/promises'
import { runConcurrently } from '../concurrency.ts'
import type { Json, Store } from '../store/store.ts'
import type { PersonSongs } from './digest.ts'
import type { StoredHead } from './roundup-heads.ts'

const kind = 'roundup-parts'
const atOnce = 5

type HeadId = Pick<StoredHead, 'id'>

/** What each person saved of a roundup, in records of 200 songs at most. */
export function createPersonParts(store: Store, now: () => number) {
  const remove = (head: HeadId, person: string) => store.delete(kind, keyOf(head, person))

  return {
    async put(head: HeadId & Pick<StoredHead, 'ends'>, person: string, songs: PersonSongs): Promise<void> {
      await store.set(kind, keyOf(head, person), songs as unknown as Json, Math.max(head.ends - now(), 1))
    },
    /** Empty where there is none. */
    async read(head: HeadId, person: string): Promise<PersonSongs> {
      return ((await store.get(kind, keyOf(head, person))) as unknown as PersonSongs | undefined) ?? []
    },
    delete: remove,
    /** Also of very many people: they are deleted while others have their turn. */
    deleteAll: (head: HeadId, people: Iterable<string>) =>
      runConcurrently([...people], atOnce, async (person) => {
        await remove(head, person)
        await othersTurn()
      }),
  }
}

function keyOf({ id }: HeadId, person: string): string {
  return `${id}.${person}`
}
