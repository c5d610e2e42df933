import { randomInt, randomUUID } from 'node:crypto'
import { UserError } from '../errors.ts'
import type { SpotifyApi } from '../spotify/client.ts'
import type { SpotifyClient, SpotifyClients } from '../spotify/clients.ts'
import { ScopeError, SpotifyError, UnauthorizedError } from '../spotify/errors.ts'
import type { Store } from '../store/store.ts'
import { accountExport, createConsentEnds, type AccountExport } from './consent.ts'
import { NotLinkedError, ScopeMissingError, UnlinkedMeanwhileError } from './errors.ts'
import { createLinks, modifyScope, readScope, scopesToAsk, type Link } from './links.ts'
import { createRefusalCounter } from './mass-refusal.ts'
import type { Crypto } from '../crypto.ts'
import { createAccessTokens } from './tokens.ts'
import { createTemporaryRecords } from './temporary-records.ts'

/** Who is linked. People are Discord ids. */
export interface Accounts {
  /** The person's link, or undefined. */
  find(person: string): Promise<Link | undefined>
  /** Also a link that has ended within the last minutes. */
  findEvenIfEnded(person: string): Promise<Link | undefined>
  /** The person's link; throws NotLinkedError. */
  get(person: string): Promise<Link>
  /**
   * Makes the link from what Spotify sent back, replacing an earlier one. Nothing is stored unless Spotify
   * answers for the new token. `startedAt`: when the person began; an unlink since then wins.
   */
  connect(person: string, consent: AuthorizationResponse): Promise<Link>
  /** Deletes everything about the person at once; the link that was, or undefined. */
  unlink(person: string): Promise<Link | undefined>
  /**
   * Runs `work` with a fresh access token and the Web API of the app that the link was made with, once more with
   * a newer token after a 401. In the background, the API is the one that lets people go first.
   */
  withToken<T>(
    person: string,
    link: Link,
    work: (accessToken: string, api: SpotifyApi) => Promise<T>,
    how?: { readonly background: boolean },
  ): Promise<T>
  /** Puts a track, by its id, among the person's liked songs. ScopeError: the person has not agreed to that yet. */
  saveTrack(person: string, trackId: string): Promise<'saved' | 'already there'>
  /** When the consent of somebody seen lately ends, in milliseconds, if that is within two weeks. */
  endsSoon(person: string): number | undefined
  /** What to ask Spotify for when this person links, for the first time or again. */
  scopeFor(person: string, saving: boolean): Promise<readonly string[]>
  /** The Client ID of the person's own Spotify app, where their link goes through one or did until it ended. */
  ownClientId(person: string): Promise<string | undefined>
  /** All that is stored about the person and the connection, secrets as "present"; undefined when nothing is. */
  exportData(person: string): Promise<AccountExport | undefined>
}

export function createAccounts(store: Store, seal: Crypto, clients: SpotifyClients, now = Date.now): Accounts {
  const links = createLinks(store, seal)
  const refusals = createRefusalCounter(store, now)
  const tokens = createAccessTokens(store, links, clients, refusals, now)
  const traces = createTemporaryRecords(store, seal, now)
  const ends = createConsentEnds(now)

  const accounts: Accounts = {
    async find(person) {
      const link = await links.find(person)
      ends.record(person, link)
      return link
    },
    findEvenIfEnded: links.read,
    async get(person) {
      const link = await accounts.find(person)
      if (!link) throw new NotLinkedError()
      return link
    },
    async connect(person, consent) {
      const client = consent.clientId === undefined ? clients.operator : clients.for(consent.clientId)
      const { access, refreshToken, scope, profile } = await through(client, () => exchangeCode(client, consent))
      const link: Link = {
        id: randomUUID(),
        // Not counted from 1: what still holds an earlier link must not take this one for it.
        version: randomInt(1, 2 ** 47),
        spotifyId: profile.id,
        spotifyName: profile.name,
        clientId: client.clientId,
        ownApp: client !== clients.operator,
        scope,
        authorizedAt: now(),
        refreshToken: links.encryptRefreshToken(person, refreshToken),
        endedAt: null,
      }
      // Before writing too: what was made since that unlink is not this attempt's to replace.
      if (await unlinkedSince(person, consent.startedAt)) throw new UnlinkedMeanwhileError()
      const before = await links.read(person)
      if (before) tokens.forget(before)
      await refusals.forget(person)
      await links.write(person, link)
      // Looked at after writing: an unlink either sees the link or leaves the mark that is found here.
      if (await unlinkedSince(person, consent.startedAt)) {
        await links.deleteIfVersion(person, link)
        throw new UnlinkedMeanwhileError()
      }
      tokens.keep(link, access)
      return link
    },
    async unlink(person) {
      await traces.deleteAll(person)
      const link = await links.read(person)
      await links.delete(person)
      await refusals.forget(person)
      if (link) tokens.forget(link)
      ends.record(person, undefined)
      return link
    },
    withToken(person, link, work, how) {
      const client = clients.for(link.clientId)
      const api = how?.background ? client.background : client.api
      return through(client, async () => {
        const token = await tokens.fresh(person, link)
        try {
          return await work(token, api)
        } catch (error) {
          if (!(error instanceof UnauthorizedError)) throw error
          tokens.drop(link, token)
          return work(await tokens.fresh(person, link), api)
        }
      })
    },
    async saveTrack(person, trackId) {
      if (!/^[0-9A-Za-z]{22}$/.test(trackId)) throw new UserError('This is not a song that can be saved.')
      const link = await accounts.get(person)
      if (!link.scope.includes(modifyScope)) throw new ScopeError('The person has not agreed to saving songs')
      return accounts.withToken(person, link, async (token, api) => {
        if (await api.contains(token, trackId)) return 'already there'
        await api.save(token, trackId)
        return 'saved'
      })
    },
    endsSoon: ends.endsSoon,
    async scopeFor(person, saving) {
      const before = await links.read(person)
      return scopesToAsk(before?.scope ?? [], saving)
    },
    async ownClientId(person) {
      const link = await links.read(person)
      return link?.ownApp ? link.clientId : undefined
    },
    async exportData(person) {
      const asked = [
        links.read(person),
        refusals.historyOf(person),
        traces.unlinkedAt(person),
        traces.list(person),
      ] as const
      return accountExport(...(await Promise.all(asked)))
    },
  }
  return accounts

  /** Failures of a person's own app are marked as such: their words and their addressee are others. */
  async function through<T>(client: SpotifyClient, work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof SpotifyError) error.ownApp = client !== clients.operator
      throw error
    }
  }

  async function unlinkedSince(person: string, startedAt: number): Promise<boolean> {
    return ((await traces.unlinkedAt(person)) ?? -Infinity) >= startedAt
  }
}

/** What Spotify sent back after somebody agreed. */
export interface AuthorizationResponse {
  readonly parameters: URLSearchParams
  readonly redirectUri: string
  readonly codeVerifier: string
  readonly startedAt: number
  /** The app that it was given to; the operator's when absent. */
  readonly clientId?: string | undefined
  /** What was asked for: where Spotify does not say what it granted, it is that. */
  readonly scope?: readonly string[] | undefined
}

/** What the consent is worth: tokens that Spotify answers to, and whose account it is. */
async function exchangeCode(
  { oauth, api }: SpotifyClient,
  { parameters, redirectUri, codeVerifier, scope: asked = [readScope] }: AuthorizationResponse,
) {
  const { access, refreshToken, scope = asked } = await oauth.exchange(parameters, redirectUri, codeVerifier)
  if (!scope.includes(readScope)) throw new ScopeMissingError()
  if (!access || !refreshToken) throw new UnauthorizedError('The code brought no usable tokens')
  return { access, refreshToken, scope, profile: await api.me(access.token) }
}
