import fc from 'fast-check'
import { ConsentError } from '../../test/consent/judge.ts'
import { live } from '../../test/consent/life.ts'
import { loadProgram } from '../../test/consent/program.ts'
import { lives } from '../../test/consent/steps.ts'
import { exactly, figure, type Report } from '../report.ts'

// Three people in two servers and a group link, share, look, press, ask, revoke and unlink, many times over.
const runs = 10_000
const program = await loadProgram()
const count = { lives: 0, steps: 0, allowed: 0, refused: 0, songs: 0 }
const result = await fc.check(fc.asyncProperty(lives, run), { numRuns: runs, endOnFailure: true })
const report: Report = {
  title: `Consent, in ${runs.toLocaleString('en-US')} made-up lives of three people`,
  note: result.failed ? `${fc.defaultReportMessage(result)}\n${result.errorInstance}` : '',
  rows: [
    figure('steps', count.steps),
    figure('looks allowed', count.allowed),
    figure('looks refused', count.refused),
    exactly('lives', count.lives, runs),
    exactly('lives that failed', Number(result.failed), 0),
    exactly('songs seen without consent', count.songs, 0),
  ],
}
process.send?.([report])

async function run(steps: Parameters<typeof live>[0]): Promise<void> {
  count.lives += 1
  count.steps += steps.length
  try {
    const { shown, refused } = await live(steps, program)
    count.allowed += shown
    count.refused += refused
  } catch (error) {
    if (error instanceof ConsentError) count.songs += error.songs
    throw error
  }
}
