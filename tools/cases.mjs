// Prints every numbered case, with what is expected and what holds it. With --check only those that nothing holds.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

const mostNames = 2
const number = /\b(?:CB|ST|CK|XU|TK|SP|IX|RD|DS|SC|CF)-\d{2,3}\b/g

const groups = readCases(readFileSync('docs/cases.txt', 'utf8'))
const tests = collectTests().flatMap(byNumber)
const reasons = readReasons(readFileSync('SECURITY.md', 'utf8'))
const problems = [...unheld(), ...unknown()]
if (!process.argv.includes('--check')) console.log(`${groups.map(section).join('\n\n')}\n`)

for (const problem of problems) console.error(problem)
if (problems.length > 0) process.exitCode = 1
else console.log(`${groups.flatMap(({ cases }) => cases).length} cases, each with a test or a reason.`)

function readCases(text) {
  const groups = []
  for (const line of text.trim().split('\n')) {
    const [id, what, expected] = line.split(' | ')
    if (line.startsWith('# ')) groups.push({ heading: line.slice(5), cases: [] })
    else groups.at(-1).cases.push({ id, what, expected })
  }
  return groups
}

/** Every test with its whole name, those of tables too. CI: also those that need a Redis or a browser. */
function collectTests() {
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-cases-'))
  const file = join(directory, 'tests.json')
  const list = ['node_modules/vitest/vitest.mjs', 'list', '--no-static-parse', `--json=${file}`]
  const { status, stderr } = spawnSync(process.execPath, list, { env: { ...process.env, CI: '1' }, encoding: 'utf8' })
  try {
    if (status !== 0) throw new Error(`The tests cannot be listed.\n${stderr}`)
    return JSON.parse(readFileSync(file, 'utf8'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** A test counts for the numbers with which its name, or that of a group around it, begins. */
function byNumber({ name, file }) {
  const numbers = name.split(' > ').flatMap((part) => /^(?:[A-Z]{2}-\d{2,3}[, ]*)+/.exec(part)?.[0].match(number) ?? [])
  return [...new Set(numbers)].map((id) => ({ id, name, file: relative('.', file).replaceAll('\\', '/') }))
}

/** Lines of SECURITY.md about what cannot happen carry the numbers at their end: "(XU-59)". */
function readReasons(text) {
  const lines = text.split('\n').map((line) => /^- (.*) \(((?:[A-Z]{2}-\d{2,3}(?:, )?)+)\)$/.exec(line))
  return lines.filter(Boolean).flatMap(([, reason, ids]) => ids.split(', ').map((id) => ({ id, reason })))
}

function section({ heading, cases }) {
  return [heading, ...cases.map(entry)].join('\n')
}

function entry({ id, what, expected }) {
  const held = [...testsOf(id), ...reasons.filter((reason) => reason.id === id).map(({ reason }) => reason)]
  return [`${id}  ${what}: ${expected}`, ...held.map((line) => `       ${printable(line)}`)].join('\n')
}

/** The files that hold a case, each with its first tests. */
function testsOf(id) {
  const own = tests.filter((test) => test.id === id)
  const files = [...new Set(own.map(({ file }) => file))].toSorted((one, other) => one.localeCompare(other, 'en'))
  return files.flatMap((file) => {
    const names = own.filter((test) => test.file === file).map(({ name }) => name)
    const more = names.length > mostNames ? [`  and ${names.length - mostNames} more`] : []
    return [file, ...names.slice(0, mostNames).map((name) => `  ${name}`), ...more]
  })
}

/** Text that stays inside its line, with what is invisible written out. */
function printable(text) {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}\u{fe00}-\u{fe0f}]/gu, (character) => {
    return `\\u{${character.codePointAt(0)?.toString(16)}}`
  })
}

function unheld() {
  const held = new Set([...tests, ...reasons].map(({ id }) => id))
  const missing = groups.flatMap(({ cases }) => cases).filter(({ id }) => !held.has(id))
  return missing.map(({ id, what }) => `${id} (${what}) has no test and no line in SECURITY.md.`)
}

function unknown() {
  const known = new Set(groups.flatMap(({ cases }) => cases.map(({ id }) => id)))
  const others = [...tests, ...reasons].filter(({ id }) => !known.has(id))
  return others.map(({ id, name = 'SECURITY.md' }) => `${id} stands in "${name}" and not in docs/cases.txt.`)
}
