import { StoreUnavailableError, type Store, type Versioned } from '../store/store.ts'
import { NotLinkedError } from './errors.ts'
import { DecryptionError, type Crypto } from '../crypto.ts'

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
  /** Sealed for the person, field "refresh-token". */
  readonly refreshToken: string
  /** Set once Spotify has said that the consent is over: the link counts as gone. */
  readonly endedAt: number | null
}

export interface Links {
  /** The living link, or undefined. */
  find(person: string): Promise<Link | undefined>
  /** The living link; throws NotLinkedError. */
  get(person: string): Promise<Link>
  /** Also a link that has ended but may come back. */
  read(person: string): Promise<Link | undefined>
  write(person: string, link: Link): Promise<void>
  /** False when somebody has changed or deleted the link since it was read. */
  compareAndSet(person: string, link: Link, changes: Partial<Link>, ttl?: number): Promise<boolean>
  /**
   * The same for as long as the link holds this refresh token, whatever else about it has changed since it was read.
   * False when it holds another one by now, or is gone.
   */
  compareAndSetToken(person: string, link: Link, token: string, changes: Partial<Link>, ttl?: number): Promise<boolean>
  delete(person: string): Promise<boolean>
  deleteIfVersion(person: string, link: Link): Promise<boolean>
  encryptRefreshToken(person: string, token: string): string
  decryptRefreshToken(person: string, link: Link): string
}

const kind = 'links'
const field = 'refresh-token'

export function createLinks(store: Store, seal: Crypto): Links {
  const links: Links = {
    async find(person) {
      const link = await links.read(person)
      return link?.endedAt === null ? link : undefined
    },
    async get(person) {
      const link = await links.find(person)
      if (!link) throw new NotLinkedError()
      return link
    },
    async read(person) {
      const link = await stored(person)
      return link && reencrypted(person, link)
    },
    write: (person, link) => store.set(kind, person, link),
    compareAndSet: (person, link, changes, ttl) =>
      store.compareAndSet(kind, person, link.version, { ...link, ...changes, version: link.version + 1 }, ttl),
    async compareAndSetToken(person, link, token, changes, ttl) {
      for (let seen = link; ;) {
        if (await links.compareAndSet(person, seen, changes, ttl)) return true
        const current = await stored(person)
        if (current?.id !== link.id || links.decryptRefreshToken(person, current) !== token) return false
        seen = current
      }
    },
    delete: (person) => store.delete(kind, person),
    deleteIfVersion: (person, link) => store.deleteIfVersion(kind, person, link.version),
    encryptRefreshToken: (person, token) => seal.encrypt(token, person, field),
    decryptRefreshToken: (person, link) => seal.decrypt(link.refreshToken, person, field),
  }
  return links

  async function stored(person: string): Promise<Link | undefined> {
    return (await store.get(kind, person)) as Link | undefined
  }

  /** So that a key can be removed once everybody has been seen. It fails nobody: the link is good as it is. */
  async function reencrypted(person: string, link: Link): Promise<Link | undefined> {
    // One that has ended is deleted soon, and writing it would keep it.
    if (link.endedAt !== null || seal.isCurrent(link.refreshToken)) return link
    try {
      const refreshToken = links.encryptRefreshToken(person, links.decryptRefreshToken(person, link))
      if (!(await links.compareAndSet(person, link, { refreshToken }))) return await stored(person)
      return { ...link, refreshToken, version: link.version + 1 }
    } catch (error) {
      if (error instanceof DecryptionError || error instanceof StoreUnavailableError) return link
      throw error
    }
  }
}

/** The least that the program works with; an answer without it is refused. */
export const readScope = 'user-library-read'

/** Asked for only by those who save a song. */
export const modifyScope = 'user-library-modify'

/** What to ask Spotify for: it grants no more than that, so what somebody had before is asked for again. */
export function scopesToAsk(before: readonly string[], saving: boolean): readonly string[] {
  return saving || before.includes(modifyScope) ? [readScope, modifyScope] : [readScope]
}
