import { takeOverClock } from '../sandbox/clock.ts'

/** Time that passes when it is told to, beside the time that goes on by itself. */
export interface Time {
  /** Lets so many milliseconds pass at once; an interval that is over by then comes once. Timers go on as they were. */
  pass(milliseconds: number): void
}

/** Takes over both clocks and the intervals of this process, before anything is loaded that keeps one of them. */
export function takeOverTime(): Time {
  const dates = takeOverClock()
  const [now, begin, end] = [performance.now.bind(performance), globalThis.setInterval, globalThis.clearInterval]
  const intervals = new Map<unknown, { readonly act: () => void; readonly period: number; left: number }>()
  let ahead = 0
  performance.now = () => now() + ahead
  globalThis.setInterval = (act: () => void, period = 0) => {
    const timer = begin(act, period)
    intervals.set(timer, { act, period, left: period })
    return timer
  }
  globalThis.clearInterval = (timer) => {
    intervals.delete(timer)
    end(timer)
  }
  return {
    pass(milliseconds) {
      ahead += milliseconds
      dates.leapTo(Date.now() + milliseconds)
      for (const interval of intervals.values()) {
        interval.left -= milliseconds
        if (interval.left > 0) continue
        interval.left = interval.period
        interval.act()
      }
    },
  }
}
