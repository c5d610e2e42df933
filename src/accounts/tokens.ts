import { setTimeout as sleep } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { createSingleFlight } from '../concurrency.ts'
import type { SpotifyClients } from '../spotify/clients.ts'
import { InvalidGrantError, SpotifyDownError } from '../spotify/errors.ts'
import type { TokenResponse } from '../spotify/oauth.ts'
import { holdLease, type HeldLease } from '../store/held-lease.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { ConsentEndedError, MassRefusalError, NotLinkedError, RefreshBusyError } from './errors.ts'
import { ifUnavailable, type Link, type Links } from './links.ts'
import { refusalWindow, type RefusalCounter } from './mass-refusal.ts'
import { noteReminders, remindersIndex } from './reminder-times.ts'

type AccessToken = NonNullable<TokenResponse['access']>

const early = 60_000
const leaseTime = 15_000
// What the call may take: its deadline of six seconds, after a look at the rate limit.
const callTime = 8_000
const patience = 5_000
const pause = 60_000
const untilUsed = 60 * 60_000
const bounds = { maxSize: 8 * 2 ** 20, sizeCalculation: (entry: object) => JSON.stringify(entry).length }

/** Access tokens, always fresh, in memory only. */
export function createAccessTokens(
  store: Store,
  links: Links,
  clients: SpotifyClients,
  refusals: RefusalCounter,
  now: () => number,
) {
  /** By link, as all else here. */
  const cache = new LRUCache<string, AccessToken>(bounds)
  /** Refresh tokens that the store has not taken yet, and the stored one that each takes the place of. */
  const unstored = new LRUCache<string, { readonly before: string; readonly token: string }>(bounds)
  const singleFlight = createSingleFlight<string>()
  let pausedUntil = 0

  return {
    /** Rejects with ConsentEndedError, MassRefusalError, RefreshBusyError, NotLinkedError and the errors of `spotify`. */
    async fresh(person: string, { id }: Link): Promise<string> {
      const known = cache.get(id)
      if (known && known.expiresAt > now() + early) return known.token
      return singleFlight(id, () => refresh(person, id))
    },
    keep: ({ id }: Link, access: AccessToken) => void cache.set(id, access),
    /** Forgets one that Spotify did not take. */
    drop({ id }: Link, token: string): void {
      if (cache.get(id)?.token === token) cache.delete(id)
    },
    forget({ id }: Link): void {
      cache.delete(id)
      unstored.delete(id)
    },
  }

  /** One at a time per link, across all processes. */
  async function refresh(person: string, id: string): Promise<string> {
    if (now() < pausedUntil) throw new MassRefusalError(pausedUntil)
    await using lease = await holdLease(store, `refresh:${id}`, leaseTime, { patience })
    if (!lease) throw new RefreshBusyError()
    try {
      const link = await links.find(person)
      if (!link) throw new NotLinkedError()
      if (link.id !== id) throw new RefreshBusyError()
      const stored = links.decryptRefreshToken(person, link)
      const { access, refreshToken } = await ask(person, link, stored, lease)
      // Of use to others at once, whatever the store says.
      if (access) cache.set(id, access)
      await succeed(person, link, stored, refreshToken)
      await confirm(person, link)
      if (!access) throw new SpotifyDownError('A refresh was answered without a usable access token')
      return access.token
    } catch (error) {
      // What came is of no use where the link is gone or another one by now.
      if (error instanceof NotLinkedError || error instanceof RefreshBusyError) cache.delete(id)
      throw error
    }
  }

  async function ask(person: string, link: Link, stored: string, lease: HeldLease): Promise<TokenResponse> {
    // Another process has stored a later one meanwhile.
    if (unstored.get(link.id)?.before !== stored) unstored.delete(link.id)
    // Nobody else may begin while the call is under way: under strict rotation one of two would be refused.
    if (!lease.isHeld(callTime)) throw new RefreshBusyError()
    try {
      return await clients.for(link.clientId).oauth.refresh(unstored.get(link.id)?.token ?? stored)
    } catch (error) {
      if (error instanceof InvalidGrantError) await end(person, link, stored, lease)
      throw error
    }
  }

  /**
   * Stores the successor of the stored token. It may be the only good one by now, so it is tried again while the
   * store is silent, and kept in memory until a later refresh has stored it. For the same reason it is stored after
   * the lease was lost, too, and where the link has been taken for ended: but only in the place of the very token
   * that it succeeds, so that what anybody else has stored meanwhile stays.
   */
  async function succeed(person: string, link: Link, before: string, answered: string | undefined): Promise<void> {
    const token = answered ?? unstored.get(link.id)?.token
    if (!token || token === before) return
    unstored.set(link.id, { before, token })
    const changes = { refreshToken: links.encryptRefreshToken(person, token), endedAt: null }
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      try {
        await links.compareAndSetToken(person, link, before, changes)
        unstored.delete(link.id)
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        await sleep(300)
      }
    }
  }

  /** A link that was deleted or made anew meanwhile wins. Written first, then looked. */
  async function confirm(person: string, link: Link): Promise<void> {
    try {
      // For connections from before there were reminders.
      await Promise.all([refusals.recordSuccess(person), noteReminders(store, person, link, now())])
      const current = await links.find(person)
      if (current?.id === link.id) return
      unstored.delete(link.id)
      if (current) throw new RefreshBusyError()
      await Promise.all([refusals.forget(person), store.unschedule(remindersIndex, person)])
      throw new NotLinkedError()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
    }
  }

  /**
   * The link counts as gone at once, and is deleted when the window is over; until then it comes back if it turns
   * out that Spotify refuses everybody. A refusal that came after the lease was lost ends nothing: it may be about a
   * token that somebody else has used by then.
   */
  async function end(person: string, link: Link, stored: string, lease: HeldLease): Promise<never> {
    if (!lease.isHeld()) throw new RefreshBusyError()
    unstored.delete(link.id)
    if (!(await links.compareAndSetToken(person, link, stored, { endedAt: now() }, refusalWindow))) {
      throw (await links.find(person)) ? new RefreshBusyError() : new NotLinkedError()
    }
    // Should this process die before it knows more, the songs are kept for no longer than the record.
    await endIndexAfter(link, refusalWindow)
    await refusals.recordRefusal(person)
    if (!(await links.read(person))) await refusals.forget(person)
    // Everybody who is refused at the same moment is counted before anybody is told.
    await sleep(500)
    if (!(await refusals.isMassRefusal())) {
      await Promise.all([deleteIndex(person, link), endReminders(person)]).catch(ifUnavailable)
      throw new ConsentEndedError()
    }
    pausedUntil = now() + pause
    for (const other of await refusals.recentlyRefused()) await restore(other)
    throw new MassRefusalError(pausedUntil)
  }

  /** The link counts again; what was kept with it has time until its next use. */
  async function restore(person: string): Promise<void> {
    for (let ended = await links.read(person); ended && ended.endedAt !== null; ended = await links.read(person)) {
      if (await links.compareAndSet(person, ended, { endedAt: null })) return endIndexAfter(ended, untilUsed)
    }
  }

  /** They are looked at when the record is gone. Written first, then looked. */
  async function endReminders(person: string): Promise<void> {
    await store.schedule(remindersIndex, person, now() + refusalWindow)
    if (!(await links.read(person))) await store.unschedule(remindersIndex, person)
  }

  async function endIndexAfter({ libraryIndex }: Link, ttl: number): Promise<void> {
    if (libraryIndex) await store.touchBytes(libraryIndex.name, ttl).catch(ifUnavailable)
  }

  /** The record stays until the window is over, and what was kept of the songs does not. */
  async function deleteIndex(person: string, { id }: Link): Promise<void> {
    const link = await links.read(person)
    if (link?.id !== id || link.endedAt === null) return
    await links.dropLibraryIndex(person, link, link.endedAt + refusalWindow - now())
  }
}
