import type { Run } from '../contestants/quota.ts'
import { atMost, exactly, type Subject } from '../measure/figures.ts'
import { runFresh } from '../measure/process.ts'

interface Quota {
  readonly bound: number
  readonly known: Run
  readonly unknown: Run
  readonly readers: number
  readonly finished: number
  readonly inFlight: number
  readonly refused: number
  readonly begunAfter: number
}

/** The rate limiter: how near it comes to what an app may ask, and what it does while Spotify refuses. */
export const quota: Subject = {
  name: 'quota',
  async run() {
    const { bound, known, unknown, ...wall } = await runFresh<Quota>('bench/contestants/quota.ts', {})
    const seconds = (name: string, value: number) => ({ name, unit: 's', values: [value] })
    return [
      {
        title: '250 requests through an app that may make 100 in 30 s, answers after 60 ms',
        lines: [
          seconds('limit known', known.seconds),
          seconds('limit unknown', unknown.seconds),
          seconds('bound', bound),
        ],
        checks: [
          exactly('refusals, limit known', [known.refusals], 0),
          atMost('of the bound, limit known', known.seconds / bound, 1.08),
          exactly('requests answered, limit unknown', [unknown.answered], 250),
          atMost('refusals for each 429, limit unknown', unknown.together, 8),
        ],
      },
      {
        title: `429 with Retry-After 2 s, ${wall.readers} readers`,
        lines: [{ name: 'refused', unit: 'requests', values: [wall.refused] }],
        checks: [
          exactly('readers that finish', [wall.finished], wall.readers),
          exactly('requests begun while it lasts', [wall.begunAfter], 0),
          atMost('refused beyond those in flight', Math.max(wall.refused - wall.inFlight - 1, 0), 0),
        ],
      },
    ]
  },
}
