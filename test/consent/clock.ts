import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'

/** Time that passes only when it is told to: for dates, timers and sleeps of the whole process. */
export interface Clock {
  /** Lets everybody go on who waits for nothing but other work, and then for so many milliseconds. */
  pass(time: number): Promise<void>
  /** Real time again; timers that have not fired are gone. */
  end(): void
}

let current: Clock | undefined

/** A clock that a test left behind when it failed is ended first, and moves nothing any more. */
export function stopClock(): Clock {
  current?.end()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 5, 1, 12) })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  const clock: Clock = {
    async pass(time) {
      await turn()
      if (current !== clock) throw new Error('The clock has been ended.')
      mock.timers.tick(time)
      await turn()
    },
    end() {
      if (current !== clock) return
      current = undefined
      mock.timers.reset()
      syncBuiltinESMExports()
    },
  }
  current = clock
  return clock
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
