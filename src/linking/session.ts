import { setTimeout as sleep } from 'node:timers/promises'
import * as oauth from 'oauth4webapi'
import type { TemporaryRecord } from '../accounts/temporary-records.ts'
import type { NotedTask } from '../accounts/link-task.ts'
import type { App } from '../context.ts'
import { newSecret, sha256 } from '../crypto.ts'
import type { Message, MessageKey } from '../i18n.ts'
import type { DiscordPerson } from './discord-oauth.ts'
import { leadingBack, PageError } from './page-error.ts'

/** One browser on its way to a link. It lives ten minutes, in the store, encrypted, under the hash of its cookie. */
export interface LinkSession extends NotedTask {
  readonly stage: 'discord' | 'confirm' | 'spotify' | 'done' | 'failed'
  /** Milliseconds. */
  readonly startedAt: number
  /** The invitation whose link was followed: finds a private message again, and decides nothing. */
  readonly invitation?: string | undefined
  /** The Discord id that it was made for: when that person unlinks, this ends as well. */
  readonly invited?: string | undefined
  /** The language in which that person is answered in Discord. */
  readonly locale?: string | undefined
  /** Of the latest redirect: the hash of its state. */
  readonly state?: string | undefined
  /** Of the redirect to Discord, which has been used. */
  readonly usedState?: string | undefined
  /** Of the redirect that is out, while one is. */
  readonly codeVerifier?: string | undefined
  /** The cookies, hashed, whose linkings ended when this one began in the same browser. */
  readonly replaced?: readonly string[]
  /** The cookie under which the linking goes on, once Discord has said who the person is. */
  readonly next?: string
  /** The cookie before this one: a browser that sends it is given this one, until this one has been seen. */
  readonly former?: string | undefined
  /** Why it has failed. */
  readonly problem?: Readonly<ConstructorParameters<typeof PageError>>
  /** Carried by the confirm form, so that only that page can submit it. */
  readonly formToken?: string
  /** Proven by Discord. */
  readonly person?: DiscordPerson
  readonly spotifyName?: string
  /** Of the person's own Spotify app, where they brought one. */
  readonly clientId?: string | undefined
  /** What Spotify is asked for. */
  readonly scope?: readonly string[]
  /** What became of the task; of a song that was to be saved 0.1.0 has kept a sentence. */
  readonly saved?: Message | string | undefined
}

const lifetime = 10 * 60 * 1000
// A little more than Spotify may take for all that a step asks it.
const longestStep = 20_000
const lookEvery = 200
// Longer than a session, so that what comes too late is told apart from a guess.
const stateLifetime = 2 * lifetime

type Parts = Pick<App, 'store' | 'crypto' | 'temporaryRecords'>

export function createLinkSessions({ store, crypto, temporaryRecords }: Parts) {
  return { create, update, current, settled, startRedirect, claimCallback, end: (cookie: string) => endAll([cookie]) }

  /** Keeps the session under a new cookie, whose value is returned; those of the cookies before are gone. */
  async function create(session: LinkSession, before: readonly string[] = []): Promise<string> {
    const cookie = newSecret()
    await endAll(before)
    await update(cookie, session)
    const { usedState: key } = session
    // Discord's redirect has been used before anybody knows whose it was.
    for (const kind of ['states', 'used-states']) {
      if (key) await temporaryRecords.addToIndex(recordOf(session, kind, key))
    }
    return cookie
  }

  /** Keeps a changed session under the cookie that it has. */
  async function update(cookie: string, session: LinkSession): Promise<void> {
    const key = sha256(cookie)
    const ttl = session.startedAt + lifetime - Date.now()
    const encrypted = crypto.encrypt(JSON.stringify(session), key, 'attempt')
    if (ttl > 0) await temporaryRecords.set(recordOf(session, 'attempts', key, ttl), encrypted)
  }

  /** The live session of these cookies. Throws PageError where several are: somebody has put theirs beside it. */
  async function current(cookies: readonly string[]): Promise<{ cookie: string; session: LinkSession } | undefined> {
    const found = await Promise.all(cookies.map(async (cookie) => ({ cookie, session: await find(sha256(cookie)) })))
    const [own, other] = found.flatMap(({ cookie, session }) => (session ? [{ cookie, session }] : []))
    if (other) throw startAgain('problem.several')
    return own
  }

  /** How the linking stands once none of its steps is under way. `state`: of a callback that came again. */
  async function settled(cookie: string, state?: string): Promise<LinkSession | undefined> {
    const hash = state === undefined ? undefined : sha256(state)
    for (const end = Date.now() + longestStep; ; await sleep(lookEvery)) {
      const session = await find(sha256(cookie))
      // Its verifier goes a moment after it has been claimed.
      const isOut = session?.codeVerifier !== undefined && session.state !== hash
      const isUnderWay = ['discord', 'spotify'].includes(session?.stage ?? '') && !session?.next && !isOut
      if (session?.problem) throw new PageError(...session.problem)
      if (!isUnderWay) return session
      if (Date.now() >= end) throw new PageError(409, 'problem.title.unfinished', 'problem.interrupted')
    }
  }

  /** Keeps the session with a new state and verifier for a redirect; an earlier one leads nowhere then. */
  async function startRedirect(cookie: string, session: LinkSession) {
    const [state, codeVerifier] = [newSecret(), oauth.generateRandomCodeVerifier()]
    const hash = sha256(state)
    await temporaryRecords.set(recordOf(session, 'states', hash), sha256(cookie))
    await update(cookie, { ...session, state: hash, codeVerifier })
    return { state, codeVerifier }
  }

  /**
   * The session that a redirect comes back to, with its verifier, for the one caller who goes on; in the same browser
   * the others get its cookie only, and everybody else gets PageError. A state that was never given out ends the session
   * of the cookie, and so does a code that another browser has shown.
   */
  async function claimCallback(cookies: readonly string[], stage: 'discord' | 'spotify', state: string, code?: string) {
    const own = await current(cookies)
    const hash = sha256(state)
    const owner = await store.get('states', hash)
    if (typeof owner !== 'string') return refuse(cookies, 'problem.unknown', own?.session)
    const isUsed = (await store.get('used-states', hash)) !== undefined
    if (isUsed && own && [own.session.state, own.session.usedState].includes(hash)) return { cookie: own.cookie }
    const cookie = cookies.find((value) => sha256(value) === owner)
    if (!cookie && own?.session.replaced?.includes(owner)) throw stepIsOver('problem.newer')
    if (!cookie) throw await notHere(hash, owner, code)
    if (isUsed) return { cookie }
    const session = own?.cookie === cookie ? own.session : undefined
    if (session?.state === hash && session.stage !== stage) return refuse([cookie], 'problem.unknown', session)
    const isForeign = code && (await store.get('foreign-codes', sha256(hash + code))) !== undefined
    if (isForeign) return refuse([cookie], 'problem.elsewhere', session)
    // Exactly one of many callers writes the record, before anything is exchanged.
    const isFirst = await temporaryRecords.create(recordOf(session, 'used-states', hash), true)
    if (!isFirst) return { cookie }
    if (!session) throw stepIsOver()
    // The page before has been sent again, so a newer redirect is out.
    if (session.state !== hash) return { cookie }
    const { codeVerifier, ...kept } = session
    if (!codeVerifier) return refuse([cookie], 'problem.unknown', session)
    await update(cookie, kept)
    return { cookie, claimed: { session: kept, codeVerifier } }
  }

  async function find(key: string): Promise<LinkSession | undefined> {
    const encrypted = await store.get('attempts', key)
    if (typeof encrypted !== 'string') return undefined
    const session = JSON.parse(crypto.decrypt(encrypted, key, 'attempt')) as LinkSession
    return session.startedAt + lifetime > Date.now() ? session : undefined
  }

  /**
   * Somebody else's browser came back with this state, so its address has left the browser that it was made for.
   * The code that it brought is for the person there: handed on to the right browser, it must not count.
   */
  async function notHere(hash: string, owner: string, code: string | undefined): Promise<PageError> {
    const session = await find(owner)
    if (code) await temporaryRecords.set(recordOf(session, 'foreign-codes', sha256(hash + code)), true)
    const isUsed = (await store.get('used-states', hash)) !== undefined || session === undefined
    return isUsed ? stepIsOver() : startAgain('problem.elsewhere')
  }

  async function refuse(cookies: readonly string[], key: MessageKey, ended: LinkSession | undefined): Promise<never> {
    await endAll(cookies)
    throw leadingBack(startAgain(key), ended ?? {})
  }

  async function endAll(cookies: readonly string[]): Promise<void> {
    for (const cookie of cookies) await store.delete('attempts', sha256(cookie))
  }
}

/** It goes when the person unlinks whose the session is, where that is known. */
function recordOf(session: LinkSession | undefined, kind: string, key: string, ttl = stateLifetime): TemporaryRecord {
  const whose = session?.person?.id ?? session?.invited
  return { people: whose === undefined ? [] : [whose], since: session?.startedAt ?? Date.now(), kind, key, ttl }
}

/** For a redirect that leads nowhere. */
function startAgain(key: MessageKey): PageError {
  return new PageError(400, 'problem.title.again', key)
}

/** For a step that led somewhere once. */
export function stepIsOver(key: MessageKey = 'problem.used'): PageError {
  return new PageError(410, 'problem.title.over', key)
}
