import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Runs the job at once and then again, this many milliseconds after each end: it never overlaps itself, and a
 * failure is reported and does not end it. Resolves after the last run, once `signal` has said so.
 */
export async function every(
  interval: number,
  job: () => Promise<void>,
  { signal, failed }: { readonly signal: AbortSignal; failed(error: unknown): void },
): Promise<void> {
  while (!signal.aborted) {
    try {
      await job()
    } catch (error) {
      failed(error)
    }
    await sleep(interval, undefined, { signal }).catch(() => undefined)
  }
}
