import { randomBytes } from 'node:crypto'
import { decryptBytes, DecryptionError, encryptBytes, newSecret } from '../crypto.ts'
import type { Store } from '../store/store.ts'
import type { Link, Links } from './links.ts'

/** The index of each person's liked songs, as bytes that only their record lets anybody read. Times in milliseconds. */
export type LibraryIndexes = ReturnType<typeof createLibraryIndexes>

export function createLibraryIndexes(store: Store, links: Links) {
  return {
    /** Undefined where there is none, or none that can be read, and where the link went meanwhile. */
    async read(person: string, link: Link): Promise<Buffer | undefined> {
      const key = links.decryptLibraryKey(person, link)
      const { name } = link.libraryIndex ?? {}
      const bytes = key && name !== undefined && (await store.getBytes(name))
      if (!bytes) return undefined
      try {
        const read = decryptBytes(bytes, key, name)
        return (await links.find(person))?.libraryIndex?.name === name ? read : undefined
      } catch (error) {
        if (!(error instanceof DecryptionError)) throw error
        await store.deleteBytes(name)
        return undefined
      }
    },
    /** Replaces it, unless the link is gone. Written, then looked: an unlink meanwhile has found the bytes, or they go here. */
    async write(person: string, link: Link, bytes: Buffer, ttl: number): Promise<void> {
      const place = await placeOf(person, link)
      if (!place) return
      await store.setBytes(place.name, encryptBytes(bytes, place.key, place.name), ttl)
      const current = await links.find(person)
      if (current?.libraryIndex?.name !== place.name) await store.deleteBytes(place.name)
    },
    /** A new lifetime; false where there is nothing to live on. */
    touch: async ({ libraryIndex }: Link, ttl: number) =>
      libraryIndex !== undefined && store.touchBytes(libraryIndex.name, ttl),
    /** Leaves the key, for the next one. */
    deleteBytes: async ({ libraryIndex }: Link) => libraryIndex && store.deleteBytes(libraryIndex.name),
    /** The key goes as well. */
    drop: links.dropLibraryIndex,
    /** How many bytes there are, and until when; undefined where there are none. */
    stat: async ({ libraryIndex }: Link) => (libraryIndex ? store.statBytes(libraryIndex.name) : undefined),
  }

  /** Where the index of this very link goes, in a place that is made for the first one. */
  async function placeOf(person: string, { id }: Link): Promise<{ name: string; key: Buffer } | undefined> {
    for (;;) {
      const link = await links.find(person)
      if (link?.id !== id) return undefined
      const known = links.decryptLibraryKey(person, link)
      if (known && link.libraryIndex) return { name: link.libraryIndex.name, key: known }
      const [name, key] = [newSecret(), randomBytes(32)]
      const libraryIndex = { name, key: links.encryptLibraryKey(person, key) }
      if (!(await links.compareAndSet(person, link, { libraryIndex }))) continue
      if (link.libraryIndex) await store.deleteBytes(link.libraryIndex.name)
      return { name, key }
    }
  }
}
