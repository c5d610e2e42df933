import { createHash, randomInt, randomUUID } from 'node:crypto'
import type { SpotifyApi } from '../spotify/client.ts'
import { UnauthorizedError } from '../spotify/errors.ts'
import type { SpotifyOAuth } from '../spotify/oauth.ts'
import type { Store } from '../store/store.ts'
import { ScopeMissingError, UnlinkedMeanwhileError } from './errors.ts'
import { createLinks, type Link } from './links.ts'
import { createRefusals } from './refusals.ts'
import type { Seal } from './seal.ts'
import { createTokens } from './tokens.ts'

/** Who is linked. People are Discord ids. */
export interface Accounts {
  /** The person's link, or undefined. */
  find(person: string): Promise<Link | undefined>
  /** The person's link; throws NotLinkedError. */
  get(person: string): Promise<Link>
  /**
   * Makes the link from what Spotify sent back, replacing an earlier one. Nothing is stored unless Spotify
   * answers for the new token. `startedAt`: when the person began; an unlink since then wins.
   */
  connect(person: string, consent: Consent): Promise<Link>
  /** Deletes everything about the person at once; the link that was, or undefined. */
  unlink(person: string): Promise<Link | undefined>
  /** Runs `work` with a fresh access token, once more with a newer one after a 401. */
  withToken<T>(person: string, link: Link, work: (accessToken: string) => Promise<T>): Promise<T>
}

export interface Consent {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly codeVerifier: string
  readonly startedAt: number
}

/** The least that the program works with; an answer without it is refused. */
export const readScope = 'user-library-read'

// Longer than an attempt to link can live.
const unlinkRemembered = 15 * 60 * 1000

export function createAccounts(
  store: Store,
  seal: Seal,
  oauth: SpotifyOAuth,
  api: SpotifyApi,
  now = Date.now,
): Accounts {
  const links = createLinks(store, seal)
  const refusals = createRefusals(store, now)
  const tokens = createTokens(store, links, oauth, refusals, now)

  return {
    find: links.find,
    get: links.get,
    async connect(person, { parameters, redirectUri, codeVerifier, startedAt }) {
      const answer = await oauth.exchange(parameters, redirectUri, codeVerifier)
      const scope = answer.scope ?? [readScope]
      if (!scope.includes(readScope)) throw new ScopeMissingError()
      if (!answer.access || !answer.refreshToken) throw new UnauthorizedError('The code brought no usable tokens')
      const profile = await api.me(answer.access.token)
      const link: Link = {
        id: randomUUID(),
        // Not counted from 1: what still holds an earlier link must not take this one for it.
        version: randomInt(1, 2 ** 47),
        spotifyId: profile.id,
        spotifyName: profile.name,
        clientId: oauth.clientId,
        scope,
        authorizedAt: now(),
        refreshToken: links.sealRefreshToken(person, answer.refreshToken),
        endedAt: null,
      }
      await refusals.forget(person)
      await links.write(person, link)
      // Looked at after writing: an unlink either sees the link or leaves the mark that is found here.
      if (await unlinkedSince(person, startedAt)) {
        await links.discard(person, link)
        throw new UnlinkedMeanwhileError()
      }
      tokens.keep(link, answer.access)
      return link
    },
    async unlink(person) {
      await store.set('unlinked', mark(person), now(), unlinkRemembered)
      const link = await links.read(person)
      await links.delete(person)
      await refusals.forget(person)
      if (link) tokens.forget(link)
      return link
    },
    async withToken(person, link, work) {
      const token = await tokens.fresh(person, link)
      try {
        return await work(token)
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error
        tokens.drop(link, token)
        return work(await tokens.fresh(person, link))
      }
    },
  }

  async function unlinkedSince(person: string, startedAt: number): Promise<boolean> {
    const at = await store.get('unlinked', mark(person))
    return typeof at === 'number' && at >= startedAt
  }
}

/** A person who has unlinked is not kept by name. */
function mark(person: string): string {
  return createHash('sha256').update(person).digest('hex')
}
