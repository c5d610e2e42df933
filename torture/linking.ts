import fc from 'fast-check'
import { moves } from '../test/linking/moves.ts'
import { LinkingError, play } from '../test/linking/play.ts'
import { startLinkingFixture } from '../test/linking/linking-fixture.ts'

const wanted = Number(process.argv[2] ?? 10_000)
if (!Number.isSafeInteger(wanted) || wanted < 1) throw new Error('The number of runs is a whole number, such as 10000.')

console.log(
  'Ana and Ben link, and Mallory forwards, replays, reorders, tampers, tosses cookies and posts from elsewhere,',
)
console.log(`in ${wanted.toLocaleString('en-US')} interleavings over the real pages.\n`)
const fixture = await startLinkingFixture()
const score = { moves: 0, linked: 0, refused: 0 }
let [runs, across] = [0, 0]
const begun = performance.now()
const result = await fc.check(
  fc.asyncProperty(moves, async (each) => {
    runs += 1
    try {
      await play(each, fixture, { knowsPrefixes: true }, score)
    } catch (error) {
      if (error instanceof LinkingError) across += 1
      throw error
    }
  }),
  { numRuns: wanted, endOnFailure: true },
)
await fixture.stop()

const seconds = Number(((performance.now() - begun) / 1000).toFixed(1))
const counts = { interleavings: runs, moves: score.moves, 'pages that refused': score.refused }
for (const [name, count] of Object.entries({
  ...counts,
  'links made': score.linked,
  'links across people': across,
  seconds,
}))
  console.log(`${name.padEnd(28)}${count.toLocaleString('en-US').padStart(10)}`)
if (result.failed) {
  console.log(fc.defaultReportMessage(result))
  console.log(result.errorInstance)
  process.exitCode = 1
}
