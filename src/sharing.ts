import type { Accounts } from './accounts/accounts.ts'
import { giveConsent } from './accounts/consent.ts'
import type { Questions } from './questions.ts'
import type { Store } from './store/store.ts'

/** Who may be looked up where. People and servers are Discord ids; nobody shares anywhere until they say so. */
export type Sharing = ReturnType<typeof createSharing>

export function createSharing(store: Store, accounts: Pick<Accounts, 'get'>, questions: Pick<Questions, 'setQuiet'>) {
  /** The servers in which this person shares. */
  const servers = (person: string): Promise<string[]> => store.members(`sharing.${person}`)
  /** Takes effect with the next request. */
  const set = (person: string, server: string, shared: boolean): Promise<void> =>
    shared ? store.add(`sharing.${person}`, server) : store.remove(`sharing.${person}`, server)

  return {
    servers,
    /** Whether this person lets members of this server see their liked songs, at this moment. */
    shares: async (person: string, server: string) => (await servers(person)).includes(server),
    set,
    /** Shares for somebody who is linked, and who may be asked again once they have stopped. Rejects with NotLinkedError. */
    async share(person: string, server: string): Promise<void> {
      await giveConsent(accounts, person, {
        give: () => set(person, server, true),
        takeBack: () => set(person, server, false),
      })
      await questions.setQuiet(person, server, false)
    },
    /** Ends it everywhere. */
    async end(person: string): Promise<void> {
      for (const server of await servers(person)) await set(person, server, false)
    },
  }
}
