import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { installPeers } from './peers.ts'
import { runFresh } from './process.ts'
import { exactly, markdown, missed, print, type Report } from './report.ts'
import { startSpotify } from './spotify.ts'
import { common } from './suites/common.ts'
import { languages } from './suites/languages.ts'
import { library } from './suites/library.ts'
import { lists } from './suites/lists.ts'
import { playlists } from './suites/playlists.ts'
import { presses } from './suites/presses.ts'
import { quotaDay } from './suites/quota-day.ts'
import { standing } from './suites/standing.ts'
import { turning } from './suites/turning.ts'

/** In the order of the report. */
const suites: Readonly<Record<string, () => Promise<Report[]>>> = {
  library,
  requests,
  common,
  quota: () => runFresh<Report[]>('bench/competitors/quota.ts', {}),
  'quota-day': quotaDay,
  playlists,
  lists,
  turning,
  presses,
  standing,
  languages,
  consent: () => runFresh<Report[]>('bench/competitors/consent.ts', {}),
}

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true })
const [word, ...names] = positionals
const chosen = word === 'only' ? names : Object.keys(suites)
if ((word && word !== 'only') || chosen.length === 0 || !chosen.every((name) => Object.hasOwn(suites, name)))
  throw new Error(`npm run bench -- [only <name> …] [--write]. Names: ${Object.keys(suites).join(', ')}`)

installPeers()
const reports: Report[] = []
for (const name of chosen) {
  const begun = performance.now()
  const found = (await suites[name]?.().catch((error: Error) => broken(name, error))) ?? []
  for (const report of found) print(report)
  reports.push(...found)
  console.log(`\n(${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s)`)
}
const misses = reports.flatMap(missed)
const verdict = misses.length > 0 ? `Missed:\n\n- ${misses.join('\n- ')}` : 'Every bound was met.'
console.log(`\n${verdict}`)
if (values.write) {
  const parts = ['# Results', circumstances(), verdict, ...reports.map(markdown)]
  writeFileSync(new URL('RESULTS.md', import.meta.url), `${parts.join('\n\n')}\n`)
}

/** What else is measured is reported all the same. */
function broken(name: string, { message }: Error): Report[] {
  return [{ title: `${name} could not be measured`, note: message, rows: [exactly('failures', 1, 0)] }]
}

async function requests(): Promise<Report[]> {
  const spotify = await startSpotify()
  try {
    return await runFresh<Report[]>('bench/competitors/requests.ts', { ...spotify.address, account: 'ana-10000' })
  } finally {
    await spotify.stop()
  }
}

function circumstances(): string {
  const load = loadavg()[0]?.toFixed(1)
  return (
    `\`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: Node.js ${process.versions.node}, ` +
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${load} at the end. Every competitor is a fresh process, ` +
    'in turns with the others, against the same server process on loopback. Ratios are of medians.'
  )
}
