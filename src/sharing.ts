import type { Accounts } from './accounts/accounts.ts'
import { giveConsent } from './accounts/consent.ts'
import type { TemporaryRecord, TemporaryRecords } from './accounts/temporary-records.ts'
import type { Crypto } from './crypto.ts'
import type { Store } from './store/store.ts'

const hour = 60 * 60 * 1000

/** How many people may be asked within an hour: by one person, of one person, and in one server. */
const mostQuestions = [3, 3, 10]

/** Who may be looked up where. People and servers are Discord ids; nobody shares anywhere until they say so. */
export type Sharing = ReturnType<typeof createSharing>

export function createSharing(
  store: Store,
  crypto: Crypto,
  temporaryRecords: TemporaryRecords,
  accounts: Pick<Accounts, 'get'>,
) {
  /** The servers in which this person shares. */
  const servers = (person: string): Promise<string[]> => store.members(`sharing.${person}`)
  /** Takes effect with the next request. */
  const set = (person: string, server: string, shared: boolean): Promise<void> =>
    shared ? store.add(`sharing.${person}`, server) : store.remove(`sharing.${person}`, server)
  const create = ({ people, key }: Pick<TemporaryRecord, 'people' | 'key'>): Promise<boolean> =>
    temporaryRecords.create({ people, kind: 'questions', key, ttl: hour }, true)
  const isFree = async ({ key }: Pick<TemporaryRecord, 'key'>) => (await store.get('questions', key)) === undefined
  const refusals = (person: string): Promise<string[]> => store.members(`refused.${person}`)
  const refusalsOf = (person: string, asker: string) => crypto.hmacs(`${asker} ${person}`, 'refusals')

  return {
    servers,
    /** Whether this person lets members of this server see their liked songs, at this moment. */
    shares: async (person: string, server: string) => (await servers(person)).includes(server),
    set,
    /** Shares for somebody who is linked. Rejects with NotLinkedError. */
    share: (person: string, server: string) =>
      giveConsent(accounts, person, {
        give: () => set(person, server, true),
        takeBack: () => set(person, server, false),
      }),
    /** Notes that somebody asks a person to share here, or why they may not. Rejects with NotLinkedError for the asker. */
    async ask(asker: string, person: string, server: string): Promise<'asked' | 'lately' | 'too many' | 'refused'> {
      await accounts.get(asker)
      const refused = await refusals(person)
      if (refusalsOf(person, asker).some((refusal) => refused.includes(refusal))) return 'refused'
      const [key] = crypto.hmacs(`${asker} ${person} ${server}`, 'questions')
      if (!(await isFree({ key }))) return 'lately'
      const places = [asker, person, server].map((whose, index) => placesOf(whose, index))
      // All are looked at before one is taken: who is turned away has lost none.
      for (const take of [isFree, create])
        for (const some of places) if (!(await takeOne(some, take))) return 'too many'
      return (await create({ people: [asker, person], key })) ? 'asked' : 'lately'
    },
    /** How many people this person does not want to be asked by again. */
    refusals: async (person: string) => (await refusals(person)).length,
    refuse: (person: string, asker: string) => store.add(`refused.${person}`, refusalsOf(person, asker)[0]),
    end,
    /** Deletes everything about a person. */
    async forget(person: string): Promise<void> {
      await end(person)
      for (const refusal of await refusals(person)) await store.remove(`refused.${person}`, refusal)
    },
  }

  /** Ends it everywhere. */
  async function end(person: string): Promise<void> {
    for (const server of await servers(person)) await set(person, server, false)
  }

  /** The places of a person or server within the hour. */
  function placesOf(whose: string, index: number) {
    return Array.from({ length: mostQuestions[index] ?? 0 }, (_, place) => {
      const [key] = crypto.hmacs(`${index} ${whose} ${place + 1}`, 'questions')
      return { people: index < 2 ? [whose] : [], key }
    })
  }

  /** False where none is to be had. */
  async function takeOne<Place>(places: readonly Place[], take: (place: Place) => Promise<boolean>): Promise<boolean> {
    for (const place of places) if (await take(place)) return true
    return false
  }
}
