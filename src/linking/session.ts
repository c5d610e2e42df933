import type { Crypto } from '../crypto.ts'
import type { TemporaryRecords } from '../accounts/temporary-records.ts'
import type { Store } from '../store/store.ts'
import type { TemporaryRecord } from '../accounts/temporary-records.ts'
import { UserError } from '../errors.ts'
import { newSecret, sha256 } from '../crypto.ts'
import type { DiscordPerson } from './discord-oauth.ts'

/** One browser on its way to a link. It lives ten minutes, in the store, sealed, under the hash of its cookie. */
export interface LinkSession {
  readonly stage: 'discord' | 'confirm' | 'spotify' | 'done'
  /** Milliseconds. */
  readonly startedAt: number
  /** The invitation whose link was followed: finds a private message again, and decides nothing. */
  readonly invitation?: string
  /** The Discord id that it was made for: when that person unlinks, this ends as well. */
  readonly invited?: string
  /** Of the redirect that is out, while one is: the hash of its state. */
  readonly state?: string
  /** Of the redirect before, which has been used. */
  readonly usedState?: string | undefined
  readonly codeVerifier?: string
  /** Carried by the confirm form, so that only that page can submit it. */
  readonly formToken?: string
  /** Proven by Discord. */
  readonly person?: DiscordPerson
  readonly spotifyName?: string
  /** Of the person's own Spotify app, where they brought one. */
  readonly clientId?: string
  /** What Spotify is asked for. */
  readonly scope?: readonly string[]
  /** A track, by its id, to save once linked; then what became of it, for a person. */
  readonly save?: string
  readonly saved?: string
}

export interface LinkSessions {
  /** Keeps the attempt under a new cookie, whose value is returned; those of the cookies before are gone. */
  create(attempt: LinkSession, before?: readonly string[]): Promise<string>
  /** Keeps a changed attempt under the cookie that it has. */
  update(cookie: string, attempt: LinkSession): Promise<void>
  /**
   * The one of these cookies that stands for a living attempt. Throws ClaimError when several do: a browser begins
   * one at a time, so somebody else has put theirs beside it.
   */
  current(cookies: readonly string[]): Promise<{ cookie: string; attempt: LinkSession } | undefined>
  /** Keeps the attempt with a new state, which is returned for the redirect; an earlier one leads nowhere then. */
  startRedirect(cookie: string, attempt: LinkSession): Promise<string>
  /**
   * The attempt that a redirect comes back to, with its verifier; it is gone from the store then: whoever gets it
   * goes on, everybody else gets ClaimError. A state that was never given out ends the attempt of the cookie, and so
   * does a code that another browser has shown.
   */
  claimCallback(
    cookies: readonly string[],
    stage: 'discord' | 'spotify',
    state: string,
    code: string | undefined,
  ): Promise<{ cookie: string; attempt: LinkSession; codeVerifier: string }>
}

/** The redirect leads nowhere. `gone`: it did once. */
export class SessionError extends UserError {
  readonly gone: boolean

  constructor(sentence: string, gone: boolean) {
    super(sentence)
    this.gone = gone
  }
}

const lifetime = 10 * 60 * 1000
// Longer than an attempt, so that what comes too late is told apart from a guess.
const stateLifetime = 2 * lifetime

const otherBrowser = 'This step belongs to another browser or window. Start again in this browser.'
const gone = 'This step has been used already, or took longer than ten minutes. Start again.'
const several = 'Two linkings are under way in this browser at once. Start again, and finish only that one.'
const unknown = 'This address does not belong to any linking that is under way. Start again in this browser.'

interface Parts {
  readonly store: Store
  readonly crypto: Crypto
  readonly temporaryRecords: TemporaryRecords
}

export function createLinkSessions(
  { store, crypto: seal, temporaryRecords: traces }: Parts,
  now: () => number,
): LinkSessions {
  const attempts: LinkSessions = {
    async create(attempt, before = []) {
      const cookie = newSecret()
      await endAll(before)
      await attempts.update(cookie, attempt)
      await noteUsed(attempt)
      return cookie
    },
    async update(cookie, attempt) {
      const key = sha256(cookie)
      const ttl = attempt.startedAt + lifetime - now()
      const sealed = seal.encrypt(JSON.stringify(attempt), key, 'attempt')
      if (ttl > 0) await traces.set({ ...about(attempt), kind: 'attempts', key, ttl }, sealed)
    },
    async current(cookies) {
      const found = await Promise.all(cookies.map(async (cookie) => ({ cookie, attempt: await find(cookie) })))
      const [own, other] = found.flatMap(({ cookie, attempt }) => (attempt ? [{ cookie, attempt }] : []))
      if (other) throw new SessionError(several, false)
      return own
    },
    async startRedirect(cookie, attempt) {
      const state = newSecret()
      const given = { ...about(attempt), kind: 'states', key: sha256(state), ttl: stateLifetime }
      await traces.set(given, sha256(cookie))
      await attempts.update(cookie, { ...attempt, state: sha256(state) })
      return state
    },
    async claimCallback(cookies, stage, state, code) {
      const own = await attempts.current(cookies)
      const hash = sha256(state)
      const owner = await store.get('states', hash)
      if (typeof owner !== 'string') {
        await endAll(cookies)
        throw new SessionError(unknown, false)
      }
      const cookie = cookies.find((value) => sha256(value) === owner)
      if (!cookie) throw await notHere(hash, owner, code)
      const attempt = own?.cookie === cookie ? own.attempt : undefined
      if (attempt?.state === hash && attempt.stage !== stage) {
        await endAll([cookie])
        throw new SessionError(unknown, false)
      }
      if (code && (await store.get('foreign-codes', sha256(hash + code))) !== undefined) {
        await endAll([cookie])
        throw new SessionError(otherBrowser, false)
      }
      // Exactly one of many callers writes the mark, before anything is exchanged.
      const used = { ...about(attempt), kind: 'used-states', key: hash, ttl: stateLifetime }
      if (!(await traces.create(used, true)) || attempt?.state !== hash) {
        throw new SessionError(gone, true)
      }
      await endAll([cookie])
      if (!attempt.codeVerifier) throw new SessionError(unknown, false)
      return { cookie, attempt, codeVerifier: attempt.codeVerifier }
    },
  }
  return attempts

  /** Whose the attempt is, where that is known: it ends when they unlink. */
  function about({ person, invited, startedAt }: Partial<LinkSession> = {}): Pick<TemporaryRecord, 'people' | 'since'> {
    const whose = person?.id ?? invited
    return { people: whose === undefined ? [] : [whose], since: startedAt ?? now() }
  }

  /** Discord's leg is over before anybody knows whose it was. */
  async function noteUsed(attempt: LinkSession): Promise<void> {
    const { usedState: key } = attempt
    if (key === undefined) return
    for (const kind of ['states', 'used-states']) {
      await traces.addToIndex({ ...about(attempt), kind, key, ttl: stateLifetime })
    }
  }

  function find(cookie: string): Promise<LinkSession | undefined> {
    return findAt(sha256(cookie))
  }

  async function findAt(key: string): Promise<LinkSession | undefined> {
    const sealed = await store.get('attempts', key)
    if (typeof sealed !== 'string') return undefined
    const attempt = JSON.parse(seal.decrypt(sealed, key, 'attempt')) as LinkSession
    return attempt.startedAt + lifetime > now() ? attempt : undefined
  }

  /**
   * Somebody else's browser came back with this state, so its address has left the browser that it was made for.
   * The code that it brought stands for whoever sits there: handed on to the right browser, it must not count.
   */
  async function notHere(hash: string, owner: string, code: string | undefined): Promise<SessionError> {
    const attempt = await findAt(owner)
    const foreign = { ...about(attempt), kind: 'foreign-codes', ttl: stateLifetime }
    if (code) await traces.set({ ...foreign, key: sha256(hash + code) }, true)
    const used = (await store.get('used-states', hash)) !== undefined || attempt === undefined
    return used ? new SessionError(gone, true) : new SessionError(otherBrowser, false)
  }

  async function endAll(cookies: readonly string[]): Promise<void> {
    for (const cookie of cookies) await store.delete('attempts', sha256(cookie))
  }
}
