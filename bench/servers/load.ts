/** What came of many interactions. Times in milliseconds. */
export interface Load {
  readonly answers: number
  readonly seconds: number
  readonly median: number
  readonly p99: number
  readonly deferred: number
}

/** Answers a second. */
export function rateOf({ answers, seconds }: Pick<Load, 'answers' | 'seconds'>): number {
  return answers / seconds
}

/** The interactions that wait for an answer, and what is to happen when it comes. */
export function createWaiting() {
  const open = new Map<string, { readonly answered: (body: string) => void; deferred: boolean }>()
  let serial = 0

  return {
    /** The end of an interaction's JSON: its id and token. */
    end(answered: (body: string) => void): string {
      serial += 1
      const token = `aW50ZXJhY3Rpb246${serial}`
      open.set(token, { answered, deferred: false })
      return `,"id":"${1_180_000_000_000_100_000n + BigInt(serial)}","token":"${token}"}`
    },
    /** The first answer, by its type: 5 and 6 announce another one. */
    first(token: string, type: number, body: string): boolean {
      const waiting = open.get(token)
      if (waiting && (type === 5 || type === 6)) waiting.deferred = true
      else finish(token, body)
      return waiting !== undefined
    },
    edited: (token: string, body: string) => finish(token, body),
    wasDeferred: (token: string) => open.get(token)?.deferred ?? false,
  }

  function finish(token: string, body: string): void {
    const waiting = open.get(token)
    open.delete(token)
    waiting?.answered(body)
  }
}

/** Keeps so many interactions outstanding until so many have been answered. `send` calls back with the answer. */
export function drive(
  send: (index: number, answered: () => void) => void,
  { count, outstanding }: { readonly count: number; readonly outstanding: number },
): Promise<Omit<Load, 'deferred'>> {
  return new Promise((resolve) => {
    const times: number[] = []
    const begun = performance.now()
    let sent = 0
    const next = (): void => {
      if (sent === count) return
      const sentAt = performance.now()
      send(sent, () => {
        times.push(performance.now() - sentAt)
        if (times.length === count) resolve(told(times, performance.now() - begun))
        else next()
      })
      sent += 1
    }
    for (let place = 0; place < outstanding; place += 1) next()
  })
}

function told(times: number[], duration: number): Omit<Load, 'deferred'> {
  times.sort((one, other) => one - other)
  const at = (share: number): number => times[Math.min(Math.floor(times.length * share), times.length - 1)] ?? 0
  return { answers: times.length, seconds: duration / 1000, median: at(0.5), p99: at(0.99) }
}
