import type { Clock } from '../../src/spotify/rate-limit/sliding-window.ts'

/** A clock that is moved by hand. */
export interface HandClock extends Clock {
  /** Lets everybody go on, and so many milliseconds pass. */
  pass(milliseconds: number): Promise<void>
  /** Lets time pass until the work has ended. */
  through<T>(work: Promise<T>): Promise<T>
  sleep(milliseconds: number): Promise<void>
  /** Sets the wall clock forward, or back where that is less than nothing. */
  set(milliseconds: number): void
}

export function createHandClock(start = Date.UTC(2026, 10, 22)): HandClock {
  const timers = new Map<() => void, number>()
  let now = start
  let ahead = 0

  const clock: HandClock = {
    now: () => now,
    wall: () => now + ahead,
    after(milliseconds, act) {
      const timer = (): void => act()
      timers.set(timer, now + Math.max(milliseconds, 0))
      return () => void timers.delete(timer)
    },
    async pass(milliseconds) {
      const end = now + milliseconds
      await settled()
      while (await fireNext(end)) await settled()
      now = end
    },
    async through(work) {
      const state = { ended: false }
      const end = (): void => void (state.ended = true)
      work.then(end, end)
      for (await settled(); !state.ended; await settled()) {
        if (!(await fireNext(Infinity))) throw new Error('Nothing more will happen, and the work has not ended')
      }
      return work
    },
    set: (milliseconds) => void (ahead += milliseconds),
    sleep: (milliseconds) => new Promise((resolve) => void clock.after(milliseconds, resolve)),
  }
  return clock

  async function fireNext(end: number): Promise<boolean> {
    const [timer, at] = [...timers].reduce((one, other) => (other[1] < one[1] ? other : one), [undefined, Infinity] as [
      (() => void) | undefined,
      number,
    ])
    if (!timer || at > end) return false
    timers.delete(timer)
    now = Math.max(now, at)
    timer()
    return true
  }
}

function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
