import fc from 'fast-check'
import { countArgument, exactly, figure, figures, print } from '../bench/report.ts'
import { moves } from '../test/linking/moves.ts'
import { LinkingError, play } from '../test/linking/play.ts'
import { startLinkingFixture } from '../test/linking/linking-fixture.ts'

const wanted = countArgument('interleavings', 10_000)

console.log(
  'Ana and Ben link, and Mallory forwards, replays, reorders, tampers, tosses cookies and posts from elsewhere,',
)
console.log(`in ${wanted.toLocaleString('en-US')} interleavings over the real pages.`)
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

print({
  title: 'Links over the pages',
  rows: [
    ...figures({ moves: score.moves, 'pages that refused': score.refused, 'links made': score.linked }),
    exactly('interleavings', runs, wanted),
    exactly('links across people', across, 0),
    exactly('failures', Number(result.failed), 0),
    figure('all of it', (performance.now() - begun) / 1000, 's'),
  ],
})
if (result.failed) console.log(fc.defaultReportMessage(result), result.errorInstance)
