import { setTimeout as sleep } from 'node:timers/promises'
import type { SpotifyClients } from '../spotify/clients.ts'
import { InvalidGrantError, SpotifyDownError } from '../spotify/errors.ts'
import type { TokenAnswer } from '../spotify/tokens.ts'
import { StoreUnavailableError, type Lease, type Store } from '../store/store.ts'
import { ConsentEndedError, MassRefusalError, NotLinkedError, RefreshBusyError } from './errors.ts'
import type { Link, Links } from './links.ts'
import { refusalWindow, type Refusals } from './refusals.ts'

/** Access tokens, always fresh, in memory only; one refresh at a time per person across all processes. */
export interface Tokens {
  /** Rejects with ConsentEndedError, MassRefusalError, RefreshBusyError and the errors of `spotify`. */
  fresh(person: string, link: Link): Promise<string>
  keep(link: Link, access: TokenAnswer['access']): void
  /** Forgets one that Spotify did not take. */
  drop(link: Link, token: string): void
  forget(link: Link): void
}

const early = 60_000
const mostKept = 20_000
// Longer than the deadline of the refresh call, so that nobody else begins while it is under way.
const leaseTime = 15_000
const patience = 5_000
const pause = 60_000
const muster = 500
const storeAttempts = 3

export function createTokens(
  store: Store,
  links: Links,
  clients: SpotifyClients,
  refusals: Refusals,
  now = Date.now,
): Tokens {
  const kept = new Map<string, { readonly token: string; readonly expiresAt: number }>()
  const underWay = new Map<string, Promise<string>>()
  /** Refresh tokens that the store has not taken yet, by link. */
  const unstored = new Map<string, string>()
  let pausedUntil = 0

  const tokens: Tokens = {
    async fresh(person, link) {
      const known = kept.get(link.id)
      if (known && known.expiresAt > now() + early) return known.token
      if (now() < pausedUntil) throw new MassRefusalError(pausedUntil)
      const running = underWay.get(link.id) ?? refresh(person, link.id).finally(() => underWay.delete(link.id))
      underWay.set(link.id, running)
      return running
    },
    keep(link, access) {
      if (!access) return
      kept.delete(link.id)
      kept.set(link.id, access)
      const [oldest] = kept.keys()
      if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    },
    drop(link, token) {
      if (kept.get(link.id)?.token === token) kept.delete(link.id)
    },
    forget(link) {
      kept.delete(link.id)
      unstored.delete(link.id)
    },
  }
  return tokens

  async function refresh(person: string, id: string): Promise<string> {
    const lease = await patientLease(`refresh:${id}`)
    try {
      const link = await links.get(person)
      if (link.id !== id) throw new RefreshBusyError()
      const answer = await ask(person, link)
      tokens.keep(link, answer.access)
      await rotate(person, link, answer.refreshToken)
      await confirm(person, link)
      if (!answer.access) throw new SpotifyDownError('A refresh was answered without a usable access token')
      return answer.access.token
    } finally {
      await lease.release().catch(() => undefined)
    }
  }

  async function patientLease(name: string): Promise<Lease> {
    const giveUpAt = performance.now() + patience
    for (;;) {
      const lease = await store.lease(name, leaseTime)
      if (lease) return lease
      if (performance.now() > giveUpAt) throw new RefreshBusyError()
      await sleep(100)
    }
  }

  async function ask(person: string, link: Link): Promise<TokenAnswer> {
    const { oauth } = clients.for(link.clientId)
    try {
      return await oauth.refresh(unstored.get(link.id) ?? links.openRefreshToken(person, link))
    } catch (error) {
      if (error instanceof InvalidGrantError) await end(person, link)
      throw error
    }
  }

  /**
   * Stores a new refresh token where there is one. It may be the only good one by now, so it is tried again
   * while the lease lasts, and kept in memory until a later refresh has stored it.
   */
  async function rotate(person: string, link: Link, token = unstored.get(link.id)): Promise<void> {
    if (!token || token === links.openRefreshToken(person, link)) return
    unstored.set(link.id, token)
    for (let attempt = 1; attempt <= storeAttempts; attempt += 1) {
      try {
        await links.replace(person, link, { refreshToken: links.sealRefreshToken(person, token) })
        unstored.delete(link.id)
        return
      } catch (error) {
        if (!(error instanceof StoreUnavailableError)) throw error
        await sleep(300)
      }
    }
  }

  /** A link that was deleted or made anew meanwhile wins, and nothing of the refresh is kept. Written first, then looked. */
  async function confirm(person: string, link: Link): Promise<void> {
    try {
      await refusals.worked(person)
      const current = await links.find(person)
      if (current?.id === link.id) return
      tokens.forget(link)
      if (current) throw new RefreshBusyError()
      await refusals.forget(person)
      await store.scrub()
      throw new NotLinkedError()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
    }
  }

  /**
   * The link counts as gone at once, and is deleted when the window is over; until then it comes back
   * if it turns out that Spotify refuses everybody.
   */
  async function end(person: string, link: Link): Promise<never> {
    unstored.delete(link.id)
    await links.replace(person, link, { endedAt: now() }, refusalWindow)
    await refusals.refused(person)
    if (!(await links.read(person))) {
      await refusals.forget(person)
      await store.scrub()
    }
    // Whoever is refused at the same moment is counted before anybody is told.
    await sleep(muster)
    if (!(await refusals.areMany())) throw new ConsentEndedError()
    pausedUntil = now() + pause
    for (const other of await refusals.recent()) {
      const ended = await links.read(other)
      if (ended && ended.endedAt !== null) await links.replace(other, ended, { endedAt: null })
    }
    throw new MassRefusalError(pausedUntil)
  }
}
