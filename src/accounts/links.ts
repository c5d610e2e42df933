import { DecryptionError, type Crypto } from '../crypto.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store, type Versioned } from '../store/store.ts'

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

type Account = Pick<Link, 'spotifyId' | 'accountId'>

/** Spotify has sent `account_id` since May 2026, and not always: the same person by either is the same account. */
export function isSameAccount(one: Account, other: Account): boolean {
  if (one === other) return true
  if (one.accountId !== undefined && other.accountId !== undefined) return one.accountId === other.accountId
  const ids = [other.spotifyId, other.accountId]
  return ids.includes(one.spotifyId) || (one.accountId !== undefined && ids.includes(one.accountId))
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
    replace,
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

  /**
   * A renewal takes the place of the link. For another account, and where the link has ended, what the person has
   * allowed others ends first, while there is no link: whatever dies in between leaves no consent over the new account.
   */
  async function replace(person: string, link: Link, endConsents = async (): Promise<void> => undefined) {
    for (;;) {
      const before = await read(person)
      if (before?.endedAt === null && isSameAccount(before, link)) {
        if (await store.compareAndSet(kind, person, before.version, link)) return
      } else if (!before || (await store.deleteIfVersion(kind, person, before.version))) {
        await endConsents()
        if (await store.create(kind, person, link)) return
      }
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

/** What Spotify sent back after somebody agreed. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly codeVerifier: string
  /** When the person began to link: an unlink since then wins. */
  readonly startedAt: number
  /** The app that it was given to; the operator's when absent. */
  readonly clientId?: string | undefined
  /** What was asked for: where Spotify does not say what it granted, it is that. */
  readonly scope?: readonly string[] | undefined
  /** Ends all that the person has allowed others to see. */
  readonly endConsents?: (() => Promise<void>) | undefined
}
