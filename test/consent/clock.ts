import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'

/** Time that passes only when it is told to: for dates, timers and sleeps of the whole process. */
export interface Clock {
  /** Lets everybody go on who waits for nothing but other work, and then for so many milliseconds. */
  pass(time: number): Promise<void>
  /** Real time again; timers that have not fired are gone. */
  end(): void
}

export function stopClock(): Clock {
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 5, 1, 12) })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  return {
    async pass(time) {
      await turn()
      mock.timers.tick(time)
      await turn()
    },
    end() {
      mock.timers.reset()
      syncBuiltinESMExports()
    },
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
