import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

interface StoppedTime {
  /** Lets milliseconds pass. */
  pass(milliseconds: number): Promise<void>
  /** What was to happen later in the time that stood still never does. */
  goOn(): void
}

/**
 * Until `goOn` or the end of the test timers and dates stand still, but for what `pass` lets pass. To be called before
 * anything connects: a timer of the time before cannot be cleared while time stands still, and runs out.
 */
export function stopTime(): StoppedTime {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  const goOn = (): void => {
    mock.timers.reset()
    syncBuiltinESMExports()
  }
  onTestFinished(goOn)
  return {
    async pass(milliseconds) {
      await turn()
      mock.timers.tick(milliseconds)
      await turn()
    },
    goOn,
  }
}
