// npm run test:busy -- [runs] [loops]: the suite beside busy loops, and which tests did not pass every time.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const [runs, loops] = [process.argv[2] ?? '3', process.argv[3] ?? '4'].map(Number)
if (!(Number.isInteger(runs) && runs > 0 && Number.isInteger(loops) && loops >= 0)) {
  console.error('Both are whole numbers: npm run test:busy -- [runs] [loops], as in npm run test:busy -- 3 4')
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'hearsay-busy-'))
const children = new Set()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.once(signal, () => {
    end()
    process.exit(1)
  })
}

const failures = new Map()
for (let loop = 0; loop < loops; loop += 1) start(['-e', 'for (;;);'], 'ignore')
try {
  for (let run = 1; run <= runs; run += 1) for (const failure of await suite(run)) add(run, failure)
} finally {
  end()
}
report()

async function suite(run) {
  console.log(`\nRun ${run} of ${runs}, beside ${loops} busy loops`)
  const file = join(folder, `run-${run}.json`)
  const began = performance.now()
  const reporters = ['dot', './test/skipped-reporter.ts', './tools/failures-reporter.mjs']
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...reporters.map((reporter) => `--reporter=${reporter}`)]
  const child = start(vitest, 'inherit', { ...process.env, HEARSAY_FAILURES: file })
  const code = await new Promise((resolve) => child.once('close', resolve))
  console.log(`Run ${run}: ${Math.round((performance.now() - began) / 1000)} s, exit code ${code}`)
  const unexplained = { name: 'the run itself', message: `vitest ended with ${code}; its output is above` }
  if (!existsSync(file)) return [unexplained]
  const found = JSON.parse(readFileSync(file, 'utf8'))
  return code !== 0 && found.length === 0 ? [unexplained] : found
}

function add(run, { name, message }) {
  const { runs: failedIn } = failures.get(name) ?? { runs: new Set() }
  failures.set(name, { runs: failedIn.add(run), message })
}

function report() {
  if (failures.size === 0) return console.log(`\n${runs} runs beside ${loops} busy loops: 0 failures.`)
  process.exitCode = 1
  console.log(`\n${runs} runs beside ${loops} busy loops: ${failures.size} failed at least once.\n`)
  for (const [test, { runs: failedIn, message }] of failures) {
    console.log(`${test}\n  failed in run ${[...failedIn].join(', ')}: ${message.split('\n', 3).join('\n    ')}`)
  }
}

function start(parameters, stdio, env) {
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', stdio, stdio], env })
  children.add(child)
  child.once('close', () => children.delete(child))
  return child
}

function end() {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true, force: true })
}
