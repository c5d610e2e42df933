import { setTimeout as sleep } from 'node:timers/promises'
import type { Outcome } from './deliver.ts'
import type { Schedules } from './schedules.ts'

const batch = 200
const atOnce = 8
// A server whose turn takes long must not keep those waiting whose time comes meanwhile.
const lookAgain = 5_000
const afterFailure = 30_000

/**
 * Delivers to every server whose time has come, some at once, until there are none left. `report` is told what came
 * of each; a failure is tried again in a while. Rejects with StoreUnavailableError when nobody knows what is due.
 */
export async function workThrough(
  schedules: Pick<Schedules, 'due' | 'postpone'>,
  deliver: (server: string) => Promise<Outcome>,
  report: (server: string, outcome: Outcome | Error) => void,
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<void> {
  const running = new Map<string, Promise<void>>()
  const triedAt = new Map<string, number>()
  let queue: string[] = []
  let lookedAt = -Infinity
  try {
    for (;;) {
      if (!signal.aborted && (queue.length === 0 || performance.now() - lookedAt >= lookAgain)) {
        const found = await schedules.due(now(), batch + triedAt.size)
        lookedAt = performance.now()
        const mayTry = (server: string): boolean => lookedAt - (triedAt.get(server) ?? -Infinity) >= lookAgain
        queue = found.filter((server) => !running.has(server) && mayTry(server))
        for (const server of new Set(triedAt.keys()).difference(new Set(found))) triedAt.delete(server)
      }
      while (running.size < atOnce && queue.length > 0 && !signal.aborted) begin(queue.shift() ?? '')
      if (running.size === 0) return
      await anyOf(running.values())
    }
  } finally {
    await Promise.all(running.values())
  }

  function begin(server: string): void {
    triedAt.set(server, performance.now())
    running.set(
      server,
      one(server).finally(() => running.delete(server)),
    )
  }

  async function one(server: string): Promise<void> {
    try {
      const outcome = await deliver(server)
      if (outcome !== 'not due') report(server, outcome)
    } catch (error) {
      if (signal.aborted) return
      report(server, error as Error)
      // What fails for good must not stand before all others.
      await schedules.postpone(server, now() + afterFailure).catch(() => undefined)
    }
  }
}

/** Whichever ends first, or a while. */
async function anyOf(works: Iterable<Promise<void>>): Promise<void> {
  const pause = new AbortController()
  const over = sleep(lookAgain, undefined, { signal: pause.signal }).catch(() => undefined)
  await Promise.race([...works, over])
  pause.abort()
}
