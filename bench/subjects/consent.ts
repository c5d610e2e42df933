import { exactly, type Subject } from '../measure/figures.ts'
import { runFresh } from '../measure/process.ts'

const runs = 10_000

interface Count {
  readonly lives: number
  readonly steps: number
  readonly allowed: number
  readonly refused: number
  readonly songs: number
}

/** Three people in two servers and a group link, share, look, press, ask, revoke and unlink, many times over. */
export const consent: Subject = {
  name: 'consent',
  async run() {
    const count = await runFresh<Count>('bench/contestants/consent.ts', { runs })
    const line = (name: string, value: number) => ({ name, unit: '', values: [value] })
    return [
      {
        title: `Consent, in ${runs.toLocaleString('en-US')} made-up lives of three people`,
        lines: [line('steps', count.steps), line('looks allowed', count.allowed), line('looks refused', count.refused)],
        checks: [exactly('lives', [count.lives], runs), exactly('songs seen without consent', [count.songs], 0)],
      },
    ]
  },
}
