import type { Store } from '../store/store.ts'

/** Who takes part in the roundups of which server, by Discord ids. Nobody does until they join. */
export function createMembers(store: Store) {
  return {
    list: (server: string) => store.members(`roundup.${server}`),
    servers: (person: string) => store.members(`roundups.${person}`),
    /** The index by person is written first and removed last: who is listed anywhere can be found by their own name. */
    async add(person: string, server: string): Promise<void> {
      await store.add(`roundups.${person}`, server)
      await store.add(`roundup.${server}`, person)
    },
    /** The index stays until `removeIndex`, so that another process can go on where one dies in between. */
    remove: (person: string, server: string) => store.remove(`roundup.${server}`, person),
    removeIndex: (person: string, server: string) => store.remove(`roundups.${person}`, server),
  }
}
