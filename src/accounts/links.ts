import { DecryptionError, type Crypto } from '../crypto.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store, type Versioned } from '../store/store.ts'
import type { MadePlaylist } from './made-playlists.ts'
import { isSameAccount } from './same-account.ts'

/** A Discord person's connection to a Spotify account, as stored under the person's Discord id. */
export interface Link extends Versioned {
  /** Of this very connection: a later one has another, so that nothing cached outlives it. */
  readonly id: string
  /** Spotify's `id`; in links from before 2026-12 its `account_id`, where there was one. */
  readonly spotifyId: string
  /** Spotify's `account_id`, where it sent one. */
  readonly accountId?: string
  readonly spotifyName: string
  /** The Spotify app that it was made with, and is refreshed and asked through. */
  readonly clientId: string
  /** Whether that is an app of the person's own; absent in links from before there were such. */
  readonly ownApp?: boolean
  readonly scope: readonly string[]
  /** The language in which they last used the bot, as Discord names it; absent until it is known. */
  readonly locale?: string
  /** When the person consented, in milliseconds: Spotify ends the consent six months later. */
  readonly authorizedAt: number
  /** Encrypted for the person, field "refresh-token". */
  readonly refreshToken: string
  /** Set once Spotify has said that the consent is over: the link counts as gone. */
  readonly endedAt: number | null
  /** The index of the liked songs, where one was kept: bytes under a random name, and what they are encrypted with. */
  readonly libraryIndex?: {
    readonly name: string
    /** 32 bytes in base64, encrypted for the person, field "library-index". */
    readonly key: string
  }
  /** Those that were made for the person, the latest last. */
  readonly playlists?: readonly MadePlaylist[]
}

/** When Spotify ends the consent, in milliseconds: six calendar months after it was given, whatever is refreshed. */
export function consentEnds({ authorizedAt }: Pick<Link, 'authorizedAt'>): number {
  const end = new Date(authorizedAt)
  const day = end.getUTCDate()
  end.setUTCMonth(end.getUTCMonth() + 6)
  // A month without that day ends sooner, never later.
  if (end.getUTCDate() !== day) end.setUTCDate(0)
  return end.getTime()
}

const kind = 'links'
const field = 'refresh-token'
const indexField = 'library-index'

export type Links = ReturnType<typeof createLinks>

export function createLinks(store: Store, crypto: Crypto) {
  const encryptRefreshToken = (person: string, token: string) => crypto.encrypt(token, person, field)
  const decryptRefreshToken = (person: string, link: Link) => crypto.decrypt(link.refreshToken, person, field)
  const encryptLibraryKey = (person: string, key: Buffer) => crypto.encrypt(key.toString('base64'), person, indexField)

  return {
    /** The living link, or undefined. */
    async find(person: string): Promise<Link | undefined> {
      const link = await read(person)
      return link?.endedAt === null ? link : undefined
    },
    read,
    replace,
    compareAndSet,
    compareAndSetToken,
    delete: remove,
    deleteIfVersion,
    dropLibraryIndex,
    encryptRefreshToken,
    decryptRefreshToken,
    encryptLibraryKey,
    decryptLibraryKey,
  }

  /** Also a link that has ended but may come back. */
  async function read(person: string): Promise<Link | undefined> {
    const link = await stored(person)
    return link && reencrypted(person, link)
  }

  /**
   * A renewal takes the place of the link, and keeps its library index; the playlists stay with the account. For another account, and where the link has
   * ended, what the person has allowed others ends first, while there is no link: whatever dies in between leaves no
   * consent over the new account. What was written.
   */
  async function replace(person: string, link: Link, endConsents = async (): Promise<void> => undefined) {
    for (;;) {
      const before = await read(person)
      const { libraryIndex, playlists } = (before && isSameAccount(before, link) && before) || {}
      const next: Link = playlists ? { ...link, playlists } : link
      if (before?.endedAt === null && isSameAccount(before, link)) {
        const renewed: Link = { ...next, ...(libraryIndex && { libraryIndex }) }
        if (await store.compareAndSet(kind, person, before.version, renewed)) return renewed
      } else if (!before || (await deleteIfVersion(person, before))) {
        await endConsents()
        if (await store.create(kind, person, next)) return next
      }
    }
  }

  /** The record first, without which the index cannot be read. */
  async function remove(person: string): Promise<boolean> {
    // Of a link that is changed meanwhile the index would stay.
    for (let tries = 1; tries <= 20; tries += 1) {
      const link = await stored(person).catch(nullIfUnreadable)
      if (!link) break
      if (await deleteIfVersion(person, link)) return true
    }
    return store.delete(kind, person)
  }

  async function deleteIfVersion(person: string, link: Link): Promise<boolean> {
    const isDeleted = await store.deleteIfVersion(kind, person, link.version)
    if (isDeleted) await deleteBytes(link)
    return isDeleted
  }

  /** Deletes the index and keeps the link, unless somebody changes that meanwhile. `ttl`: of the link, where it ends. */
  async function dropLibraryIndex(person: string, link: Link, ttl?: number): Promise<void> {
    const { libraryIndex, ...others } = link
    const rest: Link = { ...others, version: link.version + 1 }
    if (libraryIndex && (await store.compareAndSet(kind, person, link.version, rest, ttl))) await deleteBytes(link)
  }

  /** It fails nobody: nothing can read them any more, and they end by themselves. */
  async function deleteBytes({ libraryIndex }: Link): Promise<void> {
    if (libraryIndex) await store.deleteBytes(libraryIndex.name).catch(ifUnavailable)
  }

  /** Undefined where there is none, or no key for it any more: then the index is as good as lost. */
  function decryptLibraryKey(person: string, { libraryIndex }: Link): Buffer | undefined {
    if (!libraryIndex) return undefined
    try {
      return Buffer.from(crypto.decrypt(libraryIndex.key, person, indexField), 'base64')
    } catch (error) {
      if (error instanceof DecryptionError) return undefined
      throw error
    }
  }

  /** False when somebody has changed or deleted the link since it was read. */
  function compareAndSet(person: string, link: Link, changes: Partial<Link>, ttl?: number): Promise<boolean> {
    return store.compareAndSet(kind, person, link.version, { ...link, ...changes, version: link.version + 1 }, ttl)
  }

  /** The same for as long as the link holds this refresh token, whatever else about it has changed. */
  async function compareAndSetToken(person: string, link: Link, token: string, changes: Partial<Link>, ttl?: number) {
    for (let seen = link; ;) {
      if (await compareAndSet(person, seen, changes, ttl)) return true
      const current = await stored(person)
      if (current?.id !== link.id || decryptRefreshToken(person, current) !== token) return false
      seen = current
    }
  }

  async function stored(person: string): Promise<Link | undefined> {
    const link = (await store.get(kind, person)) as Link | null | undefined
    // An empty record does not say that somebody is not linked.
    if (link !== undefined && typeof link?.refreshToken !== 'string') throw new UnreadableRecordError()
    return link
  }

  /** So that a key can be removed once everybody has been seen. It fails nobody: the link is good as it is. */
  async function reencrypted(person: string, link: Link): Promise<Link | undefined> {
    const { libraryIndex, ...others } = link
    const isCurrent = [link.refreshToken, libraryIndex?.key ?? link.refreshToken].every(crypto.isCurrent)
    // One that has ended is deleted soon, and writing it would keep it.
    if (link.endedAt !== null || isCurrent) return link
    try {
      const refreshToken = encryptRefreshToken(person, decryptRefreshToken(person, link))
      const key = decryptLibraryKey(person, link)
      const index = libraryIndex && key && { name: libraryIndex.name, key: encryptLibraryKey(person, key) }
      const next: Link = { ...others, refreshToken, ...(index && { libraryIndex: index }), version: link.version + 1 }
      if (!(await store.compareAndSet(kind, person, link.version, next))) return await stored(person)
      if (!index) await deleteBytes(link)
      return next
    } catch (error) {
      if (error instanceof DecryptionError || error instanceof StoreUnavailableError) return link
      throw error
    }
  }
}

/** For work that a store which fails may leave undone. */
export function ifUnavailable(error: unknown): undefined {
  if (!(error instanceof StoreUnavailableError)) throw error
}

export function nullIfUnreadable(error: unknown): null {
  if (error instanceof UnreadableRecordError) return null
  throw error
}
