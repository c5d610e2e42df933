import { setTimeout as sleep } from 'node:timers/promises'
import { RateLimitError, type RateLimitData } from 'discord.js'
import type { Log } from '../log.ts'

/** The waits that Discord asks for. Times in milliseconds. */
export type Waits = ReturnType<typeof createWaits>

// Below this a wait is an ordinary one, which nobody notices.
const ordinary = 5_000
// For a 429 that does not say: discord.js would ask again at once, without end.
const untold = 5_000
// What fits into a timer. A longer one ends at once, and discord.js would ask without end.
export const longest = 2 ** 31 - 1
/** How long to wait at most, by the beginning of the method and route; for longer ones the request is rejected. */
const patience: readonly (readonly [route: RegExp, patience: number])[] = [
  // Nothing goes on without it.
  [/^GET \/gateway/, longest],
  // Later an interaction takes no first answer.
  [/\/callback$/, 2_000],
  // So long an answer that was announced may come, with some of its quarter of an hour left.
  [/^\w+ \/webhooks\//, 10 * 60_000],
  // The start waits for these.
  [/^\w+ \/applications\//, ordinary],
]
// Work that nobody waits for is tried again by those who do it.
const usualPatience = 30_000

/** Keeps what Discord has the program wait for, so that it is said: in the log, and in /health. */
export function createWaits(log: Log, now = Date.now) {
  /** Until when, by what waits. */
  const ends = new Map<string, number>()

  /** For discord.js's `rejectOnRateLimit`, which it asks before every wait: whether to give the request up instead. */
  async function onWait(wait: RateLimitData): Promise<boolean> {
    const { method, route } = wait
    const asked = waitIn(wait)
    const what = `${method} ${route}`
    note(`Discord answers ${wait.global ? 'anything' : what} again at`, asked || untold)
    const [, most = usualPatience] = patience.find(([pattern]) => pattern.test(what)) ?? []
    if (asked > most) return true
    if (asked === 0) await sleep(untold)
    return false
  }

  /** @param what the beginning of a sentence that ends with a time */
  function note(what: string, wait: number): void {
    const end = now() + Math.min(wait, longest)
    const known = ends.get(what) ?? 0
    // Who asks meanwhile is told of the same end, a second more or less.
    const isNews = wait >= ordinary && end - known > ordinary
    log[isNews ? 'warn' : 'debug'](`${sentence(what, end)}. ${advice}`)
    if (isNews) ends.set(what, end)
  }

  /** What Discord has the program wait for now, each with its end; undefined when it is nothing. */
  function told(): string | undefined {
    for (const [what, end] of ends) if (end <= now()) ends.delete(what)
    return [...ends].map(([what, end]) => sentence(what, end)).join('; ') || undefined
  }

  function sentence(what: string, end: number): string {
    return `${what} ${new Date(end).toISOString()}, in ${Math.ceil((end - now()) / 1000)} s`
  }

  return { onWait, note, told }
}

const advice = 'Nothing has to be done: Hearsay goes on then, and starting it again does not help'

/** In milliseconds; 0 where Discord does not say it in a way that discord.js can read. */
function waitIn({ retryAfter, timeToReset, global }: RateLimitData): number {
  if (!(retryAfter > 0)) return 0
  return Math.max(retryAfter, global ? timeToReset : 0)
}

/**
 * Does the work. Where Discord has it wait it resolves at once, and does the work after the wait, again and again, until
 * the signal is aborted. What else fails then is for `failed`, and is tried again in ten minutes.
 */
export async function doOrWait(
  work: () => Promise<void>,
  signal: AbortSignal,
  failed: (error: unknown) => void,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof RateLimitError)) throw error
    void later(waitIn(error))
  }

  async function later(wait: number): Promise<void> {
    try {
      await sleep(Math.min(wait, longest), undefined, { signal, ref: false })
      await work()
    } catch (error) {
      if (signal.aborted) return
      if (error instanceof RateLimitError) return later(waitIn(error))
      failed(error)
      return later(10 * 60_000)
    }
  }
}
