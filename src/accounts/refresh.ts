import { setTimeout as sleep } from 'node:timers/promises'
import type { SpotifyClients } from '../spotify/clients.ts'
import { InvalidGrantError, SpotifyDownError } from '../spotify/errors.ts'
import type { TokenResponse } from '../spotify/oauth.ts'
import { StoreUnavailableError, type Store } from '../store/store.ts'
import { ConsentEndedError, MassRefusalError, NotLinkedError, RefreshBusyError } from './errors.ts'
import { holdLease, type HeldLease } from '../store/held-lease.ts'
import type { Link, Links } from './links.ts'
import { refusalWindow, type RefusalCounter } from './mass-refusal.ts'

type Access = NonNullable<TokenResponse['access']>

/** One refresh at a time per link, across all processes. */
export interface Refreshing {
  /**
   * A new access token for the link of that id. `got` is told as soon as there is one, before anything is stored.
   * Rejects with ConsentEndedError, MassRefusalError, RefreshBusyError, NotLinkedError and the errors of `spotify`.
   */
  refresh(person: string, id: string, got: (access: Access) => void): Promise<Access>
  /** Forgets what the store has not taken yet. */
  forget(link: Link): void
}

const leaseTime = 15_000
// What the call may take: its deadline of six seconds, after a look at the gate.
const callTime = 8_000
const patience = 5_000
const pause = 60_000
const muster = 500
const storeAttempts = 3

export function createRefreshing(
  store: Store,
  links: Links,
  clients: SpotifyClients,
  refusals: RefusalCounter,
  now: () => number,
): Refreshing {
  /** Refresh tokens that the store has not taken yet, by link, and the stored one that each takes the place of. */
  const unstored = new Map<string, { readonly before: string; readonly token: string }>()
  let pausedUntil = 0

  return {
    async refresh(person, id, got) {
      if (now() < pausedUntil) throw new MassRefusalError(pausedUntil)
      const held = await holdLease(store, `refresh:${id}`, leaseTime, { patience })
      if (!held) throw new RefreshBusyError()
      try {
        const link = await links.get(person)
        if (link.id !== id) throw new RefreshBusyError()
        const stored = links.decryptRefreshToken(person, link)
        const { access, refreshToken } = await ask(person, link, stored, held)
        if (access) got(access)
        await succeed(person, link, stored, refreshToken)
        await confirm(person, link)
        if (!access) throw new SpotifyDownError('A refresh was answered without a usable access token')
        return access
      } finally {
        await held.release()
      }
    },
    forget: ({ id }) => void unstored.delete(id),
  }

  async function ask(person: string, link: Link, stored: string, held: HeldLease): Promise<TokenResponse> {
    const known = unstored.get(link.id)
    // Another process has stored a later one meanwhile.
    if (known && known.before !== stored) unstored.delete(link.id)
    // Nobody else may begin while the call is under way: under strict rotation one of two would be refused.
    if (!held.isHeld(callTime)) throw new RefreshBusyError()
    try {
      return await clients.for(link.clientId).oauth.refresh(unstored.get(link.id)?.token ?? stored)
    } catch (error) {
      if (error instanceof InvalidGrantError) await end(person, link, stored, held)
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
    for (let attempt = 1; attempt <= storeAttempts; attempt += 1) {
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
      await refusals.recordSuccess(person)
      const current = await links.find(person)
      if (current?.id === link.id) return
      unstored.delete(link.id)
      if (current) throw new RefreshBusyError()
      await refusals.forget(person)
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
  async function end(person: string, link: Link, stored: string, held: HeldLease): Promise<never> {
    if (!held.isHeld()) throw new RefreshBusyError()
    unstored.delete(link.id)
    if (!(await links.compareAndSetToken(person, link, stored, { endedAt: now() }, refusalWindow))) {
      throw (await links.find(person)) ? new RefreshBusyError() : new NotLinkedError()
    }
    await refusals.recordRefusal(person)
    if (!(await links.read(person))) await refusals.forget(person)
    // Whoever is refused at the same moment is counted before anybody is told.
    await sleep(muster)
    if (!(await refusals.isMassRefusal())) throw new ConsentEndedError()
    pausedUntil = now() + pause
    for (const other of await refusals.recentlyRefused()) {
      const ended = await links.read(other)
      if (ended && ended.endedAt !== null) await links.compareAndSet(other, ended, { endedAt: null })
    }
    throw new MassRefusalError(pausedUntil)
  }
}
