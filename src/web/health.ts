import type { App } from '../context.ts'
import type { Trouble } from './server.ts'

// Anybody may ask, and a check writes to the disk twice.
const checkedFor = 2_000

/** Whether the store answers, as it did at most two seconds ago: however many ask, one check is shared. */
export function shareStoreCheck(store: Pick<App['store'], 'check'>, now = () => performance.now()): Trouble {
  let checkedAt = -Infinity
  let outcome: ReturnType<Trouble> = Promise.resolve(undefined)
  return () => {
    if (now() - checkedAt >= checkedFor) {
      checkedAt = now()
      outcome = store.check().then(
        () => undefined,
        () => 'the store does not answer',
      )
    }
    return outcome
  }
}
