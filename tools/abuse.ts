// npm run abuse [connections] [target …]: abuses so many connections to each server that the program talks to.
import { targets } from '../test/abuse/targets.ts'

const [connections = '500', ...names] = process.argv.slice(2)
for (const [name, abuse] of Object.entries(targets)) {
  if (names.length > 0 && !names.includes(name)) continue
  const { abused, uncaught } = await abuse(Number(connections))
  console.log(`${name}: ${abused} connections abused, ${uncaught.length} uncaught errors`)
  for (const error of new Set(uncaught.map(String))) console.log(`  ${error}`)
  if (uncaught.length > 0) process.exitCode = 1
}
process.exit()
