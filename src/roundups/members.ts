import type { Store } from '../store/store.ts'

/** Who takes part in the roundups of which server, by Discord ids. Nobody does until they join. */
export interface Members {
  list(server: string): Promise<string[]>
  servers(person: string): Promise<string[]>
  add(person: string, server: string): Promise<void>
  /** The way back stays until `forget`, so that whoever dies in between can be gone on with. */
  remove(person: string, server: string): Promise<void>
  removeIndex(person: string, server: string): Promise<void>
}

export function createMembers(store: Store): Members {
  return {
    list: (server) => store.members(`roundup.${server}`),
    servers: (person) => store.members(`roundups.${person}`),
    // The way back is written first and removed last: whoever is listed anywhere can be found by their own name.
    async add(person, server) {
      await store.add(`roundups.${person}`, server)
      await store.add(`roundup.${server}`, person)
    },
    remove: (person, server) => store.remove(`roundup.${server}`, person),
    removeIndex: (person, server) => store.remove(`roundups.${person}`, server),
  }
}
