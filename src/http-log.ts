import { failureCode, unreachable } from './connection-messages.ts'
import { HttpError, parseRetryAfter, type Http } from './http.ts'
import type { Log } from './log.ts'

// Everybody who asks meanwhile is told the same.
const pause = 60_000

/**
 * The same, and who gives no answer, or asks to wait, is a warning with the reason and what to do: one a minute for each
 * host and reason.
 */
export function logFailures(send: Http, log: Pick<Log, 'warn'>, now = () => performance.now()): Http {
  const said = new Map<string, number>()
  return async (url, options) => {
    try {
      const answer = await send(url, options)
      if (answer.status === 429) say(url, '429', waitOf(url, answer.headers['retry-after']))
      return answer
    } catch (error) {
      const code = error instanceof HttpError && error.timedOut ? 'ETIMEDOUT' : failureCode(error)
      // Otherwise given up by who asked.
      if (!options?.signal?.aborted) say(url, code, unreachable(url, code))
      throw error
    }
  }

  function say(url: string, reason: string, line: string): void {
    const key = `${new URL(url).host} ${reason}`
    if (now() - (said.get(key) ?? -Infinity) < pause) return
    said.set(key, now())
    log.warn(line)
  }
}

function waitOf(url: string, header: unknown): string {
  const wait = parseRetryAfter(header, Date.now())
  const end = wait === undefined ? 'for a while' : `for ${Math.ceil(wait / 1000)} s`
  return `${new URL(url).host} asks to wait ${end}. Nothing has to be done`
}
