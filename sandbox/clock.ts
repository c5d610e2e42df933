/** The clock of this process, as far as `Date` tells it; timers go on as they were. */
export interface Clock {
  /** Sets it forward to that moment, in milliseconds since the epoch. */
  leapTo(time: number): void
}

/** Takes over `Date` for the whole process, so that everything in it agrees on what time it is; it goes on from there. */
export function takeOverClock(from = Date.now()): Clock {
  const Real = globalThis.Date
  let ahead = from - Real.now()
  const now = (): number => Real.now() + ahead
  globalThis.Date = new Proxy(Real, {
    construct: (target, given: unknown[], made) =>
      Reflect.construct(target, given.length > 0 ? given : [now()], made) as object,
    get: (target, key) => (key === 'now' ? now : (Reflect.get(target, key) as unknown)),
  })
  return { leapTo: (time) => (ahead = Math.max(ahead, time - Real.now())) }
}
