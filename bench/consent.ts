import fc from 'fast-check'
import { ConsentError } from '../test/consent/judge.ts'
import { live } from '../test/consent/life.ts'
import { loadProgram } from '../test/consent/program.ts'
import { lives } from '../test/consent/steps.ts'

const wanted = Number(process.argv[2] ?? 10_000)
if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error('The number of runs is a whole number, such as 10000.')

const program = await loadProgram()
const count = { runs: 0, steps: 0, 'looks allowed': 0, 'looks refused': 0, 'songs seen without consent': 0 }
console.log(
  `Three people in two servers and a group link, share, look, press, ask, revoke and unlink, ${wanted} times.\n`,
)

const begun = performance.now()
const result = await fc.check(fc.asyncProperty(lives, run), { numRuns: wanted, endOnFailure: true })
const seconds = ((performance.now() - begun) / 1000).toFixed(1)

for (const [name, number] of Object.entries({ ...count, seconds }))
  console.log(`${name.padEnd(28)}${number.toLocaleString('en-US').padStart(9)}`)
if (result.failed) {
  console.log(fc.defaultReportMessage(result))
  console.log(result.errorInstance)
  process.exitCode = 1
}

async function run(steps: Parameters<typeof live>[0]): Promise<void> {
  count.runs += 1
  count.steps += steps.length
  try {
    const { shown, refused } = await live(steps, program)
    count['looks allowed'] += shown
    count['looks refused'] += refused
  } catch (error) {
    if (error instanceof ConsentError) count['songs seen without consent'] += error.songs
    throw error
  }
}
