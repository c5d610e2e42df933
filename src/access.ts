import { ConsentEndedError, MassRefusalError, NotLinkedError, RefreshBusyError } from './accounts/errors.ts'
import type { TemporaryRecords } from './accounts/temporary-records.ts'
import { DecryptionError, type Crypto } from './crypto.ts'
import { NotSharedError, UserError } from './errors.ts'
import type { Library } from './library/library.ts'
import { RateLimitedError, SpotifyDownError, SpotifyError } from './spotify/errors.ts'
import { StoreUnavailableError, UnreadableRecordError, type Store } from './store/store.ts'

/** Somebody wants to see somebody's songs. People and servers are Discord ids. */
export interface AccessRequest {
  readonly viewer: string
  readonly owner: string
  /** Where it would be shown; null outside servers, where only one's own songs are. */
  readonly server: string | null
  /** The owner's name, for asking them. */
  readonly ownerName: string
}

/**
 * The only way to anybody's songs. Rejects with NotSharedError unless the viewer is the owner or the owner shares
 * here, before anything is asked of Spotify and again when it has answered: a consent that was taken back
 * meanwhile shows nothing. Whatever else is wrong with the owner's connection is not the viewer's to know.
 */
export type Access = ReturnType<typeof createAccess>

export function createAccess(library: Library, sharing: Sharing) {
  return async <Seen>(request: AccessRequest, show: (library: Library) => Promise<Seen>): Promise<Seen> => {
    const { viewer, owner, server, ownerName } = request
    if (viewer === owner) return show(library)
    const refusal = new NotSharedError(owner, server === null ? undefined : ownerName)
    const admit = async (): Promise<void> => {
      if (server === null || !(await sharing.shares(owner, server))) throw refusal
    }
    await admit()
    try {
      const seen = await show(library)
      await admit()
      return seen
    } catch (error) {
      // Whatever failed, somebody who shares no longer is not spoken of.
      await admit()
      throw forViewer(error, refusal)
    }
  }
}

/** What is wrong with the owner's connection is theirs to read; what everybody meets is told as it is. */
function forViewer(error: unknown, refusal: NotSharedError): unknown {
  if (error instanceof NotLinkedError || error instanceof ConsentEndedError) return refusal
  if (everybodys.some((kind) => error instanceof kind) && !(error instanceof UnreadableRecordError)) return error
  if (error instanceof SpotifyError && error.ownApp) return refusal
  if (!owners.some((kind) => error instanceof kind)) return error
  return new UserError('These songs cannot be shown right now. Please try again later.', { cause: error })
}

const everybodys = [RateLimitedError, SpotifyDownError, StoreUnavailableError, UserError]
const owners = [SpotifyError, MassRefusalError, RefreshBusyError, DecryptionError, UnreadableRecordError]

/** Who may be looked up where. People and servers are Discord ids; nobody shares anywhere until they say so. */
export type Sharing = ReturnType<typeof createSharing>

export function createSharing(store: Store, crypto: Crypto, temporaryRecords: TemporaryRecords) {
  /** The servers in which this person shares. */
  const servers = (person: string): Promise<string[]> => store.members(`sharing.${person}`)

  return {
    servers,
    /** Whether this person lets members of this server see their liked songs, at this moment. */
    shares: async (person: string, server: string) => (await servers(person)).includes(server),
    /** Takes effect with the next request. */
    set: (person: string, server: string, shared: boolean) =>
      shared ? store.add(`sharing.${person}`, server) : store.remove(`sharing.${person}`, server),
    /** Notes that somebody asks a person to share here; false when they have done so within the hour. */
    ask(asker: string, person: string, server: string): Promise<boolean> {
      const [key] = crypto.hmacs(`${asker} ${person} ${server}`, 'questions')
      return temporaryRecords.create({ people: [asker, person], kind: 'questions', key, ttl: 60 * 60 * 1000 }, true)
    },
    async forget(person: string): Promise<void> {
      for (const server of await servers(person)) await store.remove(`sharing.${person}`, server)
    },
  }
}
