import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'

/** Time that passes only when it is told to: for dates, timers, sleeps and `performance` of the whole process. */
export interface Clock {
  /** In milliseconds, from nothing. */
  now(): number
  /** Lets everybody go on who waits for nothing but other work, and then for so many milliseconds, one after the other. */
  pass(time: number): Promise<void>
  /** Real time again; timers that have not fired are gone. */
  end(): void
}

let running: Clock | undefined

/** Stops the time. A clock that a test left behind when it failed is ended first, and moves nothing any more. */
export function stopClock(begin = Date.UTC(2026, 5, 1, 12)): Clock {
  running?.end()
  let time = 0
  mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'], now: begin })
  mock.method(performance, 'now', () => time)
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()
  const clock: Clock = {
    now: () => time,
    async pass(duration) {
      await turns()
      for (let left = duration; left > 0; left -= 1) {
        if (running !== clock) throw new Error('The clock has been ended.')
        time += 1
        mock.timers.tick(1)
        await turns()
      }
    },
    end() {
      if (running !== clock) return
      running = undefined
      mock.timers.reset()
      mock.restoreAll()
      syncBuiltinESMExports()
    },
  }
  running = clock
  return clock
}

/** Enough for work that waits for a few turns in between. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
