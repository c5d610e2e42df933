import type { App } from '../../src/context.ts'
import { decodeIndex } from '../../src/library/index-format.ts'
import { songsBetween } from '../../src/library/segments.ts'
import type { Store } from '../../src/store/store.ts'
import { ConsentError } from './judge.ts'
import { names, people } from './people.ts'
import { accountsIn } from './songs.ts'

/** Watches the indexes of libraries that are kept in a store. */
export function watchKept(store: Store) {
  const written = new Set<string>()
  /** How often one was found and read again. */
  let read = 0
  const watched: Store = {
    ...store,
    async setBytes(name, bytes, ttl) {
      written.add(name)
      return store.setBytes(name, bytes, ttl)
    },
    async getBytes(name) {
      const bytes = await store.getBytes(name)
      if (bytes) read += 1
      return bytes
    },
  }
  return { store: watched, check, read: () => read }

  /** Each is of the account that its person is linked to, and there is none that no living record names. */
  async function check({ accounts }: App): Promise<void> {
    // What is written while this looks may be named by a record that it has looked at already.
    const before = [...written]
    const known = new Set<string>()
    for (const name of names) {
      const { id } = people[name]
      const link = await accounts.findEvenIfEnded(id)
      if (!link?.libraryIndex) continue
      if (link.endedAt === null) known.add(link.libraryIndex.name)
      if (!(await store.statBytes(link.libraryIndex.name))) continue
      const bytes = await accounts.libraryIndexes.read(id, link)
      const { segments } = bytes ? await decodeIndex(bytes) : { segments: [] }
      const others = accountsIn(songsBetween(segments, 0, Infinity)).difference(new Set([link.spotifyId]))
      if (others.size > 0) throw new ConsentError(`the index of ${name} keeps songs of ${[...others].join()}`)
    }
    for (const name of before) {
      if (!(await store.statBytes(name))) written.delete(name)
      else if (!known.has(name)) throw new ConsentError('an index is kept that no record names any more')
    }
  }
}
