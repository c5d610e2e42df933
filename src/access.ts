import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import PQueue from 'p-queue'
import { isLinkGone, MassRefusalError, RefreshBusyError } from './accounts/errors.ts'
import { createSingleFlight, runConcurrently } from './concurrency.ts'
import { DecryptionError } from './crypto.ts'
import { NotSharedError, UserError } from './errors.ts'
import type { Library } from './library/library.ts'
import type { Questions } from './questions.ts'
import type { Sharing } from './sharing.ts'
import { RateLimitedError, SpotifyDownError, SpotifyError } from './spotify/errors.ts'
import { StoreUnavailableError, UnreadableRecordError } from './store/store.ts'

/** Somebody wants to see somebody's songs. People and servers are Discord ids. */
export interface AccessRequest {
  readonly viewer: string
  readonly owner: string
  /** Where it would be shown; null outside servers, where only one's own songs are. */
  readonly server: string | null
  /** The owner's name, for asking them. */
  readonly ownerName: string
  /** Whether the interaction names the owner as a member there; absent where it says nothing of them, as with a button. */
  readonly isMember?: boolean
  /** Whether the owner has agreed to this very message, whatever they share. */
  readonly hasAgreed?: (() => Promise<boolean>) | undefined
  /** It is about what the viewer and the owner have in common, and so is what the owner may be asked. */
  readonly isCommon?: boolean
  /** What is shown cannot wait for Discord's word on that, as a modal cannot. */
  readonly isHurried?: boolean
}

/**
 * The only way to anybody's songs. Rejects with NotSharedError unless the viewer is the owner or the owner shares
 * here, or has agreed to the message, and is here, before anything is asked of Spotify and again when it has answered: a consent that was taken
 * back meanwhile shows nothing. Whatever else is wrong with the owner's connection is not the viewer's to know.
 */
export type Access = ReturnType<typeof createAccess>

export function createAccess(
  library: Library,
  sharing: Sharing,
  questions: Pick<Questions, 'standing'>,
  membership: Membership,
) {
  return async <Seen>(request: AccessRequest, show: (library: Library) => Promise<Seen>): Promise<Seen> => {
    const { viewer, owner, server, ownerName, isCommon = false } = request
    if (viewer === owner) return show(library)
    const refuse = async (): Promise<NotSharedError> => {
      if (server === null) return new NotSharedError(owner, undefined)
      const standing = await questions.standing({ asker: viewer, person: owner, server })
      return new NotSharedError(owner, ownerName, standing, isCommon)
    }
    const admit = async (): Promise<void> => {
      if (server !== null && ((await request.hasAgreed?.()) || (await sharing.shares(owner, server)))) return
      throw await refuse()
    }
    await admit()
    if (server !== null && (await membership.isGone(owner, server, request))) throw await refuse()
    try {
      const seen = await show(library)
      await admit()
      return seen
    } catch (error) {
      // Whatever failed, somebody who shares no longer is not spoken of.
      await admit()
      throw await forViewer(error, refuse)
    }
  }
}

/** What is wrong with the owner's connection is theirs to read; what everybody meets is told as it is. */
async function forViewer(error: unknown, refuse: () => Promise<NotSharedError>): Promise<unknown> {
  if (isLinkGone(error)) return refuse()
  if (everybodys.some((kind) => error instanceof kind) && !(error instanceof UnreadableRecordError)) return error
  if (error instanceof SpotifyError && error.ownApp) return refuse()
  if (!owners.some((kind) => error instanceof kind)) return error
  return new UserError('access.notNow', undefined, { cause: error })
}

const everybodys = [RateLimitedError, SpotifyDownError, StoreUnavailableError, UserError]
const owners = [SpotifyError, MassRefusalError, RefreshBusyError, DecryptionError, UnreadableRecordError]

/** What Discord says about servers; undefined where it does not say. Never rejects. */
export interface Guilds {
  /** False only where Discord knows the server and says that the person is no member. */
  isMember(server: string, person: string): Promise<boolean | undefined>
  nameOf(server: string): Promise<string | undefined>
}

const minute = 60 * 1000
const hour = 60 * minute
// As long as somebody waits for a page without a thought.
const patience = 2_000
// Twenty a second: Discord allows a bot fifty in all, and answers and posts need theirs.
const atOnce = 10
const turn = 500
// As many as get their turn within five seconds. Nobody who presses waits for more.
const mostWaiting = 100
const urgency = { press: 2, 'at once': 1, 'the rest at once': 1, ahead: 0 }
const sized = (now: () => number) => ({ maxSize: 50_000, sizeCalculation: () => 1, ttlResolution: 0, perf: { now } })

/** Who has left which server. `end` ends all that a person has allowed in one that they have left. */
export type Membership = ReturnType<typeof createMembership>

export function createMembership(
  guilds: Pick<Guilds, 'isMember'>,
  end: (person: string, server: string) => Promise<unknown>,
  now = () => performance.now(),
) {
  /** Discord's last words. What it does not say changes nothing, and is asked again after a minute. */
  const verdicts = new LRUCache<string, { readonly isGone: boolean }>(sized(now))
  const once = createSingleFlight<boolean>()
  const questions = new PQueue({ concurrency: atOnce })

  return {
    saw: (person: string, server: string) => note(keyOf(person, server), false),
    /** By what an interaction has just said, else by Discord's word of within an hour, else by what it says in two seconds. */
    async isGone(
      person: string,
      server: string,
      { isMember, isHurried = false }: Pick<AccessRequest, 'isMember' | 'isHurried'> = {},
    ): Promise<boolean> {
      const key = keyOf(person, server)
      const known = verdicts.get(key)
      if (isMember !== undefined) note(key, !isMember)
      // Only Discord's own word ends anything.
      if (isMember !== false && (known || isMember)) return known?.isGone === true && !isMember
      if (questions.size >= mostWaiting) return isMember === false
      const asked = ask(person, server, 'press').catch(() => undefined)
      if (isMember === undefined && !isHurried) await Promise.race([asked, sleep(patience, undefined, { ref: false })])
      return verdicts.get(key)?.isGone === true
    },
    /**
     * Ends it for those of these people who have left, whatever was known; "the rest" are those who were not there half
     * an hour ago at the latest. Whether Discord has spoken of each; but for "ahead" it has half a minute.
     */
    async endDeparted(server: string, people: readonly string[], pace: Pace): Promise<boolean> {
      const giveUpAt = performance.now() + (pace === 'ahead' ? Infinity : minute / 2)
      const all = runConcurrently(people, pace === 'ahead' ? 2 : 5, async (person) => {
        if (pace === 'the rest at once' && wasThere(person, server)) return true
        return performance.now() < giveUpAt && ask(person, server, pace)
      })
      const late = pace === 'ahead' ? [] : [sleep(minute / 2, [false], { ref: false })]
      return (await Promise.race([all, ...late])).every(Boolean)
    },
  }

  function note(key: string, isGone: boolean, ttl = hour): void {
    verdicts.set(key, { isGone }, { ttl })
  }

  function wasThere(person: string, server: string): boolean {
    const key = keyOf(person, server)
    return verdicts.get(key)?.isGone === false && verdicts.getRemainingTTL(key) > hour / 2
  }

  /** Whether Discord has said anything. */
  function ask(person: string, server: string, why: keyof typeof urgency): Promise<boolean> {
    const key = keyOf(person, server)
    return once(key, async () => {
      const isMember = await inTurn(() => guilds.isMember(server, person), urgency[why])
      if (isMember !== undefined) note(key, !isMember)
      else if (!verdicts.has(key)) note(key, false, minute)
      if (isMember === false) await end(person, server)
      return isMember !== undefined
    })
  }

  /** Not by the intervals of the queue, which stand still while the clock of the machine is set back. */
  function inTurn<Answer>(question: () => Promise<Answer>, priority: number): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<Answer>()
    const work = async (): Promise<void> => {
      const answer = question()
      resolve(answer)
      await Promise.allSettled([answer, sleep(turn, undefined, { ref: false })])
    }
    void questions.add(work, { priority })
    return promise
  }
}

function keyOf(person: string, server: string): string {
  return `${server} ${person}`
}

type Pace = Exclude<keyof typeof urgency, 'press'>
