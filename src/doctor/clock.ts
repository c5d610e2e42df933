import type { Http } from '../http.ts'
import { note, ok, wrong, type Finding } from './finding.ts'

const tolerance = 60_000

/** Compares this machine's clock with what others say the time is. */
export interface ClockCheck {
  /** The same way to ask; the time in each answer is noted. */
  readonly http: Http
  /** What came of it, after the asking. */
  finding(): Finding
}

export function createClockCheck(http: Http, now: () => number): ClockCheck {
  const differences: number[] = []
  return {
    async http(url, request) {
      const answer = await http(url, request)
      const date = Date.parse(String(answer.headers['date']))
      if (!Number.isNaN(date)) differences.push(now() - date)
      return answer
    },
    finding() {
      // One server may be wrong; a clock here that is wrong differs from all of them.
      const [least] = differences.toSorted((one, other) => Math.abs(one) - Math.abs(other))
      if (least === undefined) return note('Clock', 'Nobody told the time, so it was not compared.')
      const seconds = Math.round(Math.abs(least) / 1000)
      if (Math.abs(least) <= tolerance) return ok('Clock', `Within ${Math.max(seconds, 1)} s of Discord and Spotify.`)
      const direction = least > 0 ? 'ahead' : 'behind'
      return wrong(
        'Clock',
        `This machine is ${seconds} s ${direction}. Tokens and waits end at the wrong time; switch on time synchronisation (timedatectl set-ntp true).`,
      )
    },
  }
}
