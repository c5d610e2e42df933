import { DecryptionError, type Crypto } from '../crypto.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store, type Versioned } from '../store/store.ts'

/** A Discord person's connection to a Spotify account, as stored under the person's Discord id. */
export interface Link extends Versioned {
  /** Of this very connection: a later one has another, so that nothing cached outlives it. */
  readonly id: string
  readonly spotifyId: string
  readonly spotifyName: string
  /** The Spotify app that it was made with, and is refreshed and asked through. */
  readonly clientId: string
  /** Whether that is an app of the person's own; absent in links from before there were such. */
  readonly ownApp?: boolean
  readonly scope: readonly string[]
  /** When the person consented, in milliseconds: Spotify ends the consent six months later. */
  readonly authorizedAt: number
  /** Encrypted for the person, field "refresh-token". */
  readonly refreshToken: string
  /** Set once Spotify has said that the consent is over: the link counts as gone. */
  readonly endedAt: number | null
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

/** The least that the program works with; an answer without it is refused. */
export const readScope = 'user-library-read'

/** Asked for only by those who save a song. */
export const modifyScope = 'user-library-modify'

const kind = 'links'
const field = 'refresh-token'

export type Links = ReturnType<typeof createLinks>

export function createLinks(store: Store, crypto: Crypto) {
  const encryptRefreshToken = (person: string, token: string) => crypto.encrypt(token, person, field)
  const decryptRefreshToken = (person: string, link: Link) => crypto.decrypt(link.refreshToken, person, field)

  return {
    /** The living link, or undefined. */
    async find(person: string): Promise<Link | undefined> {
      const link = await read(person)
      return link?.endedAt === null ? link : undefined
    },
    read,
    write: (person: string, link: Link) => store.set(kind, person, link),
    compareAndSet,
    compareAndSetToken,
    delete: (person: string) => store.delete(kind, person),
    deleteIfVersion: (person: string, link: Link) => store.deleteIfVersion(kind, person, link.version),
    encryptRefreshToken,
    decryptRefreshToken,
  }

  /** Also a link that has ended but may come back. */
  async function read(person: string): Promise<Link | undefined> {
    const link = await stored(person)
    return link && reencrypted(person, link)
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
    // One that has ended is deleted soon, and writing it would keep it.
    if (link.endedAt !== null || crypto.isCurrent(link.refreshToken)) return link
    try {
      const refreshToken = encryptRefreshToken(person, decryptRefreshToken(person, link))
      if (!(await compareAndSet(person, link, { refreshToken }))) return await stored(person)
      return { ...link, refreshToken, version: link.version + 1 }
    } catch (error) {
      if (error instanceof DecryptionError || error instanceof StoreUnavailableError) return link
      throw error
    }
  }
}

export function nullIfUnreadable(error: unknown): null {
  if (error instanceof UnreadableRecordError) return null
  throw error
}
