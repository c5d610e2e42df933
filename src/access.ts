import { ConsentEndedError, MassRefusalError, NotLinkedError, RefreshBusyError } from './accounts/errors.ts'
import { DecryptionError, type Crypto } from './crypto.ts'
import { NotSharedError, UserError } from './errors.ts'
import type { Library } from './library/library.ts'
import { RateLimitedError, SpotifyDownError, SpotifyError } from './spotify/errors.ts'
import { StoreUnavailableError, type Store } from './store/store.ts'
import type { TemporaryRecords } from './accounts/temporary-records.ts'

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
export type Access = <Seen>(wish: AccessRequest, show: (library: Library) => Promise<Seen>) => Promise<Seen>

export function createAccess(library: Library, sharing: Sharing): Access {
  return async (wish, show) => {
    const { viewer, owner, server, ownerName } = wish
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
  const everybodys = [RateLimitedError, SpotifyDownError, StoreUnavailableError, UserError]
  if (everybodys.some((kind) => error instanceof kind)) return error
  if (error instanceof SpotifyError && error.ownApp) return refusal
  if (error instanceof SpotifyError || owners.some((kind) => error instanceof kind)) {
    return new UserError('These songs cannot be shown right now. Please try again later.', { cause: error })
  }
  return error
}

const owners = [MassRefusalError, RefreshBusyError, DecryptionError]

/** Who may be looked up where. People and servers are Discord ids; nobody shares anywhere until they say so. */
export interface Sharing {
  /** Whether this person lets members of this server see their liked songs, at this moment. */
  shares(person: string, server: string): Promise<boolean>
  /** Takes effect with the next look or press. */
  set(person: string, server: string, shared: boolean): Promise<void>
  /** The servers in which this person shares. */
  servers(person: string): Promise<string[]>
  /** Notes that somebody asks a person to share here; false when they have done so within the hour. */
  ask(asker: string, person: string, server: string): Promise<boolean>
  forget(person: string): Promise<void>
}

const askedFor = 60 * 60 * 1000

export function createSharing(store: Store, seal: Crypto, traces: TemporaryRecords): Sharing {
  const sharing: Sharing = {
    shares: async (person, server) => (await store.members(setOf(person))).includes(server),
    set: (person, server, shared) => (shared ? store.add(setOf(person), server) : store.remove(setOf(person), server)),
    servers: (person) => store.members(setOf(person)),
    async ask(asker, person, server) {
      const [key] = seal.hmacs(`${asker} ${person} ${server}`, 'questions')
      const about = { people: [asker, person], kind: 'questions', key, ttl: askedFor }
      return traces.create(about, true)
    },
    async forget(person) {
      for (const server of await sharing.servers(person)) await store.remove(setOf(person), server)
    },
  }
  return sharing
}

function setOf(person: string): string {
  return `sharing.${person}`
}
