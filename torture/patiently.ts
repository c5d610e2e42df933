import { setTimeout as sleep } from 'node:timers/promises'
import { StoreUnavailableError } from '../src/store/store.ts'

/** Again while the store is silent: it is away at times, and a machine on which all of this runs is a busy one. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError) || tries === 40) throw error
      await sleep(500)
    }
  }
}
