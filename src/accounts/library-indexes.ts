import { randomBytes } from 'node:crypto'
import { decryptBytes, DecryptionError, encryptBytes, newSecret } from '../crypto.ts'
import type { Store } from '../store/store.ts'
import type { Link, Links } from './links.ts'

/** The index of each person's liked songs, as bytes that only their record lets anybody read. Times in milliseconds. */
export type LibraryIndexes = ReturnType<typeof createLibraryIndexes>

interface Place {
  readonly name: string
  readonly key: Buffer
}

export function createLibraryIndexes(store: Store, links: Links) {
  return {
    /** Undefined where there is none, or none that can be read, and where the link went meanwhile. */
    async read(person: string, link: Link): Promise<Buffer | undefined> {
      const key = links.decryptLibraryKey(person, link)
      const { name } = link.libraryIndex ?? {}
      const bytes = key && name !== undefined && (await bytesAt({ name, key }))
      if (!bytes) return undefined
      return (await links.find(person))?.libraryIndex?.name === name ? bytes : undefined
    },
    /**
     * Replaces it, unless the link is gone, or `mayReplace` is against it, which is given the bytes that are there now.
     * Written, then looked: an unlink meanwhile has found the bytes, or they go here.
     */
    async write(
      person: string,
      link: Link,
      bytes: Buffer,
      ttl: number,
      mayReplace?: (before: Buffer) => boolean,
    ): Promise<void> {
      const place = await placeOf(person, link)
      const before = place && mayReplace && (await bytesAt(place))
      if (!place || (before && !mayReplace(before))) return
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

  /** Deletes what cannot be read. */
  async function bytesAt({ name, key }: Place): Promise<Buffer | undefined> {
    const bytes = await store.getBytes(name)
    try {
      return bytes && decryptBytes(bytes, key, name)
    } catch (error) {
      if (!(error instanceof DecryptionError)) throw error
      await store.deleteBytes(name)
      return undefined
    }
  }

  /** Where the index of this very link goes, in a place that is made for the first one. */
  async function placeOf(person: string, { id }: Link): Promise<Place | undefined> {
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
