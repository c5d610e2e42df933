import { existsSync } from 'node:fs'
import { examine } from './doctor.ts'
import { lineOf } from './finding.ts'

if (existsSync('.env')) process.loadEnvFile('.env')
let wrong = 0
for await (const finding of examine(process.env)) {
  console.log(lineOf(finding))
  if (finding.verdict === 'wrong') wrong += 1
}
const things = wrong === 1 ? 'One thing is wrong' : `${wrong} things are wrong`
console.log(wrong === 0 ? '\nNothing is wrong.' : `\n${things}; the lines above say what to do.`)
process.exitCode = wrong === 0 ? 0 : 1
