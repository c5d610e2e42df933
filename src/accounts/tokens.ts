import type { SpotifyClients } from '../spotify/clients.ts'
import type { TokenResponse } from '../spotify/oauth.ts'
import type { Store } from '../store/store.ts'
import { NotLinkedError, RefreshBusyError } from './errors.ts'
import type { Link, Links } from './links.ts'
import { createRefreshing } from './refresh.ts'
import type { RefusalCounter } from './mass-refusal.ts'

/** Access tokens, always fresh, in memory only. */
export interface AccessTokens {
  /** Rejects with ConsentEndedError, MassRefusalError, RefreshBusyError, NotLinkedError and the errors of `spotify`. */
  fresh(person: string, link: Link): Promise<string>
  keep(link: Link, access: TokenResponse['access']): void
  /** Forgets one that Spotify did not take. */
  drop(link: Link, token: string): void
  forget(link: Link): void
}

const early = 60_000
const mostKept = 20_000

export function createAccessTokens(
  store: Store,
  links: Links,
  clients: SpotifyClients,
  refusals: RefusalCounter,
  now = Date.now,
): AccessTokens {
  const kept = new Map<string, { readonly token: string; readonly expiresAt: number }>()
  const underWay = new Map<string, Promise<string>>()
  const refreshing = createRefreshing(store, links, clients, refusals, now)

  const tokens: AccessTokens = {
    async fresh(person, link) {
      const known = kept.get(link.id)
      if (known && known.expiresAt > now() + early) return known.token
      const running = underWay.get(link.id) ?? refresh(person, link).finally(() => underWay.delete(link.id))
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
      refreshing.forget(link)
    },
  }
  return tokens

  async function refresh(person: string, link: Link): Promise<string> {
    try {
      return (await refreshing.refresh(person, link.id, (access) => tokens.keep(link, access))).token
    } catch (error) {
      // What came is of no use where the link is gone or another one by now.
      if (error instanceof NotLinkedError || error instanceof RefreshBusyError) kept.delete(link.id)
      throw error
    }
  }
}
