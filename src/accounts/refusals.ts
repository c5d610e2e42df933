import type { Store } from '../store/store.ts'

/**
 * Counts people whose refresh was refused against people whose refresh worked, over ten minutes and all
 * processes. One refused person has withdrawn consent; many at once are Spotify's trouble.
 */
export interface Refusals {
  worked(person: string): Promise<void>
  /** Notes the refusal; true when it is one of many. */
  refused(person: string): Promise<boolean>
  /** Everybody refused in the window, so that they can be restored. */
  recent(): Promise<string[]>
  forget(person: string): Promise<void>
}

export const refusalWindow = 10 * 60 * 1000

const many = 5
const share = 1 / 5
const mostCounted = 10_000
const refused = 'refresh-refused'
const worked = 'refresh-worked'

/** Entries stand in the due index at the time when they leave the window. */
export function createRefusals(store: Store, now: () => number): Refusals {
  return {
    worked: (person) => store.schedule(worked, person, now() + refusalWindow),
    async refused(person) {
      await store.schedule(refused, person, now() + refusalWindow)
      const [bad, good] = await Promise.all([inWindow(refused), inWindow(worked)])
      return bad.length >= many && bad.length >= share * (bad.length + good.length)
    },
    recent: () => inWindow(refused),
    async forget(person) {
      await Promise.all([store.unschedule(refused, person), store.unschedule(worked, person)])
    },
  }

  async function inWindow(index: string): Promise<string[]> {
    const gone = await store.due(index, now(), mostCounted)
    await Promise.all(gone.map((person) => store.unschedule(index, person)))
    return store.due(index, Number.MAX_SAFE_INTEGER, mostCounted)
  }
}
