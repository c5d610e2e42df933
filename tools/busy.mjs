// npm run test:busy -- [runs] [loops]: the suite beside busy loops, and which tests did not pass every time.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

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
  for (let run = 1; run <= runs; run += 1) note(run, await suite(run))
} finally {
  end()
}
report()

async function suite(run) {
  console.log(`\nRun ${run} of ${runs}, beside ${loops} busy loops`)
  const file = join(folder, `run-${run}.json`)
  const began = performance.now()
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--reporter=dot', '--reporter=json', `--outputFile=${file}`]
  const child = start(vitest, 'inherit')
  const code = await new Promise((resolve) => child.once('close', resolve))
  console.log(`Run ${run}: ${Math.round((performance.now() - began) / 1000)} s, exit code ${code}`)
  try {
    return { code, ...JSON.parse(readFileSync(file, 'utf8')) }
  } catch {
    return { code, testResults: [] }
  }
}

function note(run, { code, testResults }) {
  let found = 0
  for (const { name, status, message, assertionResults } of testResults) {
    const failed = assertionResults.filter((test) => test.status === 'failed')
    for (const test of failed) add(run, `${relative('.', name)} > ${test.fullName}`, test.failureMessages[0] ?? '')
    if (status === 'failed' && failed.length === 0) add(run, relative('.', name), message)
    found += status === 'failed' ? 1 : 0
  }
  if (code !== 0 && found === 0) add(run, 'the run itself', `vitest ended with ${code}; its output is above`)
}

function add(run, test, message) {
  const entry = failures.get(test) ?? { runs: [], message }
  failures.set(test, { ...entry, runs: [...entry.runs, run] })
}

function report() {
  if (failures.size === 0) return console.log(`\n${runs} runs beside ${loops} busy loops: 0 failures.`)
  process.exitCode = 1
  console.log(`\n${runs} runs beside ${loops} busy loops: ${failures.size} tests failed at least once.\n`)
  for (const [test, { runs: failedIn, message }] of failures) {
    console.log(`${test}\n  failed in run ${failedIn.join(', ')}: ${message.split('\n', 3).join('\n    ')}`)
  }
}

function start(parameters, stdio) {
  const child = spawn(process.execPath, parameters, { stdio: ['ignore', stdio, stdio] })
  children.add(child)
  child.once('close', () => children.delete(child))
  return child
}

function end() {
  for (const child of children) child.kill()
  rmSync(folder, { recursive: true, force: true })
}
