// Everything that has to hold, in one command: format, lint with types, types, dead code, notices, tests.
import { spawnSync } from 'node:child_process'

const steps = [
  ['Format', 'oxfmt/bin/oxfmt', '--check', '.'],
  ['Lint', 'oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
  ['Types', 'typescript/bin/tsc', '-p', '.'],
  ['Types of the chat page', 'typescript/bin/tsc', '-p', 'sandbox/chat/page'],
  ['Dead code', 'knip/bin/knip.js'],
  ['Notices', '../tools/notices.mjs', '--check'],
  ['Cases', '../tools/cases.mjs', '--check'],
  ['Words', '../tools/words.mjs'],
]
if (!process.argv.includes('--no-tests')) steps.push(['Tests', 'vitest/vitest.mjs', 'run'])

const failed = steps.filter((step) => !holds(step)).map(([heading]) => heading)
if (failed.length > 0) process.exitCode = 1
console.log(failed.length > 0 ? `\nFailed: ${failed.join(', ')}.` : '\nAll is well.')

function holds([heading, bin, ...options]) {
  console.log(`\n== ${heading}`)
  const { status, error } = spawnSync(process.execPath, [`node_modules/${bin}`, ...options], { stdio: 'inherit' })
  if (error) console.error(error.message)
  return status === 0
}
