import { randomInt, randomUUID } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { runEach } from '../concurrency.ts'
import type { Crypto } from '../crypto.ts'
import type { SpotifyApi } from '../spotify/client.ts'
import type { SpotifyClients } from '../spotify/clients.ts'
import { SpotifyDownError, SpotifyError, UnauthorizedError } from '../spotify/errors.ts'
import type { Store } from '../store/store.ts'
import { readScope, type AuthorizationResponse } from './authorization.ts'
import { createLibraryIndexes } from './library-indexes.ts'
import { createLikedTracks } from './liked-tracks.ts'
import { ConsentEndedError, NotLinkedError, ScopeMissingError, UnlinkedMeanwhileError } from './errors.ts'
import { scopeFor, type LinkTask } from './link-task.ts'
import { consentEnds, createLinks, nullIfUnreadable, type Link } from './links.ts'
import { createRefusalCounter } from './mass-refusal.ts'
import { forgetReminders, remindersIndex } from './reminder-times.ts'
import { createPlaylists } from './fill-playlist.ts'
import { describeStored } from './stored-data.ts'
import { createTemporaryRecords } from './temporary-records.ts'
import { createAccessTokens } from './tokens.ts'

const soon = 14 * 24 * 60 * 60 * 1000
// By then the link is written, or nothing came of it.
const linked = 10 * 60 * 1000

/** Who is linked. People are Discord ids. */
export type Accounts = ReturnType<typeof createAccounts>

export function createAccounts(store: Store, crypto: Crypto, clients: SpotifyClients, now = Date.now) {
  const links = createLinks(store, crypto)
  const refusals = createRefusalCounter(store, now)
  const tokens = createAccessTokens(store, links, clients, refusals, now)
  const temporaryRecords = createTemporaryRecords(store, crypto, now)
  const libraryIndexes = createLibraryIndexes(store, links)
  // Of people seen lately: a reminder is not worth a question to the store. `max` would take its memory at the start.
  const seen = new LRUCache<string, { readonly ends: number; readonly locale: string | undefined }>({
    ...{ maxSize: 20_000, sizeCalculation: () => 1 },
  })

  return {
    find,
    /** Null where what is stored cannot be read. */
    findIfReadable: (person: string) => find(person).catch(nullIfUnreadable),
    /** Also a link that has ended within the last minutes. */
    findEvenIfEnded: links.read,
    get,
    /** Makes the link from what Spotify sent back. Nothing is stored unless Spotify answers for the new token. */
    async connect(person: string, response: AuthorizationResponse): Promise<Link> {
      const {
        parameters,
        redirectUri,
        codeVerifier,
        startedAt,
        clientId,
        scope: asked = [readScope],
        endConsents,
      } = response
      const client = clients.for(clientId)
      const { access, refreshToken, scope, profile } = await markOwnApp(client !== clients.operator, async () => {
        const { oauth, api } = client
        const { access, refreshToken, scope = asked } = await oauth.exchange(parameters, redirectUri, codeVerifier)
        if (!scope.includes(readScope)) throw new ScopeMissingError()
        if (!access || !refreshToken) throw new SpotifyDownError('The code brought no usable tokens')
        return { access, refreshToken, scope, profile: await api.me(access.token) }
      })
      const link: Link = {
        id: randomUUID(),
        // Not counted from 1: what still holds an earlier link must not take this one for it.
        version: randomInt(1, 2 ** 47),
        spotifyId: profile.id,
        ...(profile.accountId !== undefined && { accountId: profile.accountId }),
        spotifyName: profile.name,
        clientId: client.clientId,
        ownApp: client !== clients.operator,
        scope,
        ...(response.locale !== undefined && { locale: response.locale }),
        authorizedAt: now(),
        refreshToken: links.encryptRefreshToken(person, refreshToken),
        endedAt: null,
      }
      // Before writing too: what was made since that unlink is not this session's to replace.
      if (await unlinkedSince(person, startedAt)) throw new UnlinkedMeanwhileError()
      const before = await links.read(person)
      if (before) tokens.forget(before)
      await refusals.forget(person)
      // First, so that a crash leaves nobody without reminders.
      await store.schedule(remindersIndex, person, now() + linked)
      const stored = await links.replace(person, link, endConsents)
      // Looked at after writing: an unlink either sees the link or leaves the time that is found here.
      if (await unlinkedSince(person, startedAt)) {
        if (await links.deleteIfVersion(person, stored)) await store.unschedule(remindersIndex, person)
        throw new UnlinkedMeanwhileError()
      }
      tokens.keep(stored, access)
      return stored
    },
    /** Deletes everything about the person at once, as far as that is possible; rejects if any of it was not. The link that was. */
    async unlink(person: string): Promise<Link | undefined> {
      // One that cannot be read goes as well.
      const link = await links.read(person).catch(() => undefined)
      const steps = [
        () => temporaryRecords.deleteAll(person),
        () => links.delete(person),
        () => refusals.forget(person),
        () => forgetReminders(store, person),
      ]
      await runEach(steps).finally(() => {
        if (link) tokens.forget(link)
        seen.delete(person)
      })
      return link
    },
    withToken,
    libraryIndexes,
    ...createLikedTracks({ get, withToken }),
    playlists: createPlaylists({ store, crypto, links, get, withToken }),
    /** When the consent of somebody seen lately ends, in milliseconds, if that is within two weeks. */
    endsSoon(person: string): number | undefined {
      const end = seen.get(person)?.ends ?? 0
      return end > now() && end - now() <= soon ? end : undefined
    },
    /** Notes in which language somebody linked uses the bot, for messages to them; of somebody seen lately only. */
    async noteLocale(person: string, locale: string): Promise<void> {
      const known = seen.get(person)
      if (!known || known.locale === locale) return
      seen.set(person, { ...known, locale })
      const link = await links.find(person)
      if (link && link.locale !== locale) await links.compareAndSet(person, link, { locale })
    },
    /** What to ask Spotify for. */
    async scopeFor(person: string, task?: LinkTask): Promise<readonly string[]> {
      return scopeFor(task, (await links.read(person))?.scope)
    },
    /** The Client ID of the person's own Spotify app, where their link goes through one or did until it ended. */
    async ownClientId(person: string): Promise<string | undefined> {
      const link = await links.read(person)
      return link?.ownApp ? link.clientId : undefined
    },
    consentEnds,
    exportData: (person: string) => describeStored(person, links, refusals, temporaryRecords),
  }

  /** The person's link, or undefined. */
  async function find(person: string): Promise<Link | undefined> {
    const link = await links.find(person)
    if (link) seen.set(person, { ends: consentEnds(link), locale: link.locale })
    else seen.delete(person)
    return link
  }

  /** The person's link; throws NotLinkedError, or ConsentEndedError while it is known that there was one. */
  async function get(person: string): Promise<Link> {
    const link = await find(person)
    if (link) return link
    throw (await links.read(person)) ? new ConsentEndedError() : new NotLinkedError()
  }

  /** Runs `work` with a fresh access token and the API of the link's app; once more with a newer one after a 401. */
  function withToken<T>(
    person: string,
    link: Link,
    work: (accessToken: string, api: SpotifyApi) => Promise<T>,
    how?: { readonly background: boolean },
  ): Promise<T> {
    const client = clients.for(link.clientId)
    const api = how?.background ? client.background : client.api
    // The operator's app may have had another id when the link was made.
    return markOwnApp(link.ownApp === true && client !== clients.operator, async () => {
      const token = await tokens.fresh(person, link)
      try {
        return await work(token, api)
      } catch (error) {
        if (!(error instanceof UnauthorizedError)) throw error
        tokens.drop(link, token)
        return work(await tokens.fresh(person, link), api)
      }
    })
  }

  /** Failures of a person's own app are marked as such: their words and their addressee are others. */
  function markOwnApp<T>(isOwn: boolean, work: () => Promise<T>): Promise<T> {
    return work().catch((error: unknown) => {
      if (error instanceof SpotifyError) error.ownApp = isOwn
      throw error
    })
  }

  async function unlinkedSince(person: string, startedAt: number): Promise<boolean> {
    return ((await temporaryRecords.unlinkedAt(person)) ?? -Infinity) >= startedAt
  }
}
