import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { onTestFinished } from 'vitest'

/** Until the end of the test timers and dates stand still, but for what the answer lets pass, in milliseconds. */
export function stopTime(): (milliseconds: number) => Promise<void> {
  mock.timers.reset()
  mock.timers.enable({ apis: ['setTimeout', 'Date'], now: Date.now() })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  onTestFinished(() => {
    mock.timers.reset()
    syncBuiltinESMExports()
  })
  return async (milliseconds) => {
    await turn()
    mock.timers.tick(milliseconds)
    await turn()
  }
}
