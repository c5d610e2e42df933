import { setTimeout as sleep } from 'node:timers/promises'
import type { DeliveryOutcome } from './publish.ts'
import type { Schedules } from './schedules.ts'

export type Report = (server: string, outcome: DeliveryOutcome | Error) => void

const batch = 200
const atOnce = 8
// A server whose turn takes long must not keep those waiting whose time comes meanwhile.
const lookAgain = 5_000
const afterFailure = 30_000

/**
 * Delivers to every server whose time has come, some at once, until there are none left. `report` is told what came
 * of each; a failure is tried again in a while. Rejects with StoreUnavailableError when nobody knows what is due.
 */
export function createDueRunner(
  schedules: Pick<Schedules, 'due'>,
  deliver: (server: string, ended: AbortSignal) => Promise<DeliveryOutcome>,
  now: () => number,
): (report: Report, ended: AbortSignal) => Promise<void> {
  /** When a server may have its next turn. Not in the store: others may succeed where this process fails. */
  const nextTurn = new Map<string, number>()

  return async (report, ended) => {
    const running = new Map<string, Promise<void>>()
    let queue: string[] = []
    let lookedAt = -Infinity
    try {
      for (;;) {
        if (!ended.aborted && (queue.length === 0 || performance.now() - lookedAt >= lookAgain)) {
          lookedAt = performance.now()
          queue = (await waiting()).filter((server) => !running.has(server))
        }
        while (running.size < atOnce && queue.length > 0 && !ended.aborted) begin(queue.shift() ?? '')
        if (running.size === 0) return
        await anyOf(running.values())
      }
    } finally {
      await Promise.all(running.values())
    }

    function begin(server: string): void {
      nextTurn.set(server, performance.now() + lookAgain)
      const turn = one(server).finally(() => running.delete(server))
      running.set(server, turn)
    }

    async function one(server: string): Promise<void> {
      try {
        const outcome = await deliver(server, ended)
        if (outcome !== 'not due') report(server, outcome)
      } catch (error) {
        if (ended.aborted) return
        nextTurn.set(server, performance.now() + afterFailure)
        report(server, error as Error)
      }
    }
  }

  /** What fails for good stands before all others, so as many more are looked at. */
  async function waiting(): Promise<string[]> {
    const found = await schedules.due(now(), batch + nextTurn.size)
    for (const server of new Set(nextTurn.keys()).difference(new Set(found))) nextTurn.delete(server)
    return found.filter((server) => (nextTurn.get(server) ?? -Infinity) <= performance.now())
  }
}

/** Whichever ends first, or a while. */
async function anyOf(works: Iterable<Promise<void>>): Promise<void> {
  const pause = new AbortController()
  const over = sleep(lookAgain, undefined, { signal: pause.signal }).catch(() => undefined)
  await Promise.race([...works, over])
  pause.abort()
}
