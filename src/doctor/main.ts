import { EnvFileError, loadEnvFile } from '../settings-file.ts'
import { examine } from './doctor.ts'
import { lineOf, wrong, type Finding } from './finding.ts'

let count = 0
for await (const finding of findings()) {
  console.log(lineOf(finding))
  if (finding.verdict === 'wrong') count += 1
}
const things = count === 1 ? 'One thing is wrong' : `${count} things are wrong`
console.log(count === 0 ? '\nNothing is wrong.' : `\n${things}; the lines above say what to do.`)
process.exitCode = count === 0 ? 0 : 1

async function* findings(): AsyncGenerator<Finding> {
  try {
    loadEnvFile('.env')
  } catch (error) {
    if (!(error instanceof EnvFileError)) throw error
    yield wrong('Settings', error.message)
    return
  }
  yield* examine(process.env)
}
