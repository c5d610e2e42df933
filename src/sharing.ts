import type { Crypto } from './crypto.ts'
import type { TemporaryRecords } from './accounts/temporary-records.ts'
import type { Store } from './store/store.ts'

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
