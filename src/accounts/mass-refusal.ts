import type { Store } from '../store/store.ts'

export const refusalWindow = 10 * 60 * 1000

const atOnce = 30 * 1000
const manyAtOnce = 10
const many = 5
const share = 1 / 5
const mostCounted = 10_000
const refused = 'refresh-refused'
const worked = 'refresh-worked'

/** Over ten minutes and all processes. One refused person has withdrawn consent; many at once are Spotify's trouble. */
export type RefusalCounter = ReturnType<typeof createRefusalCounter>

/** Entries are in the due index at the time when they leave the window. */
export function createRefusalCounter(store: Store, now: () => number) {
  return {
    async recordSuccess(person: string): Promise<void> {
      await sweep(worked, 20)
      await store.schedule(worked, person, now() + refusalWindow)
    },
    recordRefusal: (person: string) => store.schedule(refused, person, now() + refusalWindow),
    /** Whether the latest refusals are too many to be people's own doing. */
    async isMassRefusal(): Promise<boolean> {
      const [bad, good, earlier] = await Promise.all([
        inWindow(refused),
        inWindow(worked),
        store.due(refused, now() + refusalWindow - atOnce, mostCounted),
      ])
      if (bad.length - earlier.length >= manyAtOnce) return true
      return bad.length >= many && bad.length >= share * (bad.length + good.length)
    },
    /** Everybody refused in the window, so that they can be restored. */
    recentlyRefused: () => inWindow(refused),
    /** What is counted of this person. */
    async historyOf(person: string) {
      const [good, bad] = await Promise.all([inWindow(worked), inWindow(refused)])
      return { refreshWorked: good.includes(person), refreshRefused: bad.includes(person) }
    },
    async forget(person: string): Promise<void> {
      await Promise.all([store.unschedule(refused, person), store.unschedule(worked, person)])
    },
  }

  async function inWindow(index: string): Promise<string[]> {
    await sweep(index, mostCounted)
    return store.due(index, Number.MAX_SAFE_INTEGER, mostCounted)
  }

  async function sweep(index: string, most: number): Promise<void> {
    const gone = await store.due(index, now(), most)
    await Promise.all(gone.map((person) => store.unschedule(index, person)))
  }
}
