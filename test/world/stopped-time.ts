import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'

/** Time that passes only when it is told to: for dates, timers and sleeps of the whole process. */
export interface StoppedTime {
  /** Lets everybody go on who waits for nothing but other work, and then for so many milliseconds. */
  pass(milliseconds: number): Promise<void>
  /** Real time again; timers that have not fired are gone. */
  goOn(): void
}

let current: StoppedTime | undefined

/**
 * Stops the time, which goes on at the end of a test at the latest. To be called before anything connects: a timer of
 * the time before cannot be cleared while time stands still, and runs out. Intervals go on by real time, unless they are
 * to stand still too.
 */
export function stopTime(now = Date.now(), { intervals = false } = {}): StoppedTime {
  letTimeGoOn()
  mock.timers.enable({ apis: ['setTimeout', 'Date', ...(intervals ? (['setInterval'] as const) : [])], now })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  const time: StoppedTime = {
    async pass(milliseconds) {
      await turn()
      if (current !== time) throw new Error('Time goes on again.')
      mock.timers.tick(milliseconds)
      await turn()
    },
    goOn() {
      if (current !== time) return
      current = undefined
      mock.timers.reset()
      syncBuiltinESMExports()
    },
  }
  current = time
  return time
}

/** Ends what a test has left behind. */
export function letTimeGoOn(): void {
  current?.goOn()
}
