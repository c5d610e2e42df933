// npm run trace: the files of src and commands that run while somebody presses Next on a page in hand.
import { Session } from 'node:inspector/promises'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf, startWorld } from '../test/world/world.ts'

const most = 22

const world = await startWorld()
const ana = world.person('ana')
await ana.links()
const shown = messageOf(await ana.uses('liked recent'))
// The first presses read the block behind, and let lazy parts of the packages load.
for (const name of ['Next', 'Next', 'Previous', 'Previous']) await ana.presses(shown, name)
const presses = []
for (let press = 1; press <= 10; press += 1) presses.push(await filesThatRun(() => ana.presses(shown, 'Next')))
// Work that goes on beside some of them, such as looking for due roundups, is none of a press.
const [first = [], ...others] = presses
const files = first.filter(({ path }) => others.every((press) => press.some((file) => file.path === path)))
await world.stop()

console.log(`A press of Next on a page in hand runs through ${files.length} files; at most ${most} is the aim.`)
for (const { path, functions } of files) console.log(`  ${path.padEnd(36)}${functions.join(', ')}`)
if (files.length > most) process.exitCode = 1

/** By V8's precise coverage: a file counts when one of its functions was called. */
async function filesThatRun(work: () => Promise<unknown>): Promise<{ path: string; functions: string[] }[]> {
  const session = new Session()
  session.connect()
  await session.post('Profiler.enable')
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false })
  await session.post('Profiler.takePreciseCoverage')
  await work()
  const { result } = await session.post('Profiler.takePreciseCoverage')
  session.disconnect()
  return result
    .filter(({ url }) => /^file:.*\/(?:src|commands)\//.test(url) && !url.includes('/node_modules/'))
    .map(({ url, functions }) => ({
      path: relative('.', fileURLToPath(url)),
      functions: functions
        .filter(({ ranges }) => (ranges[0]?.count ?? 0) > 0)
        .map(({ functionName }) => functionName || '=>'),
    }))
    .filter(({ functions }) => functions.length > 0)
    .toSorted((one, other) => one.path.localeCompare(other.path))
}
