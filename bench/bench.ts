import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import type { Report, Subject } from './measure/figures.ts'
import { installPeers } from './measure/peers.ts'
import { printed, summary } from './measure/print.ts'
import { subjects } from './subjects.ts'

const [word, wanted] = process.argv.slice(2).filter((argument) => argument !== '--write')
const chosen = word === 'only' ? subjects.filter(({ name }) => name === wanted) : subjects
if (chosen.length === 0 || (word !== undefined && word !== 'only'))
  throw new Error(`npm run bench -- [only <name>] [--write]. Names: ${subjects.map(({ name }) => name).join(', ')}`)

installPeers()
const reports: Report[] = []
for (const subject of chosen) reports.push(...(await measured(subject)))
const whole = [...reports.map(printed), `## Targets\n\n${summary(reports)}`].join('\n\n')
console.log(`\n## Targets\n\n${summary(reports)}`)
if (process.argv.includes('--write')) {
  writeFileSync(new URL('RESULTS.md', import.meta.url), `# Results\n\n${circumstances()}\n\n${whole}\n`)
}

async function measured({ name, run }: Subject): Promise<Report[]> {
  const begun = performance.now()
  const found = await run()
  for (const report of found) console.log(`\n${printed(report)}`)
  console.log(`\n(${name}: ${((performance.now() - begun) / 1000).toFixed(0)} s)`)
  return found
}

function circumstances(): string {
  const load = loadavg()[0]?.toFixed(1)
  return (
    `\`npm run bench -- --write\` on ${new Date().toISOString().slice(0, 10)}: Node.js ${process.versions.node}, ` +
    `${cpus().length} cores (${cpus()[0]?.model.trim()}), load ${load} at the end. Every contestant is a fresh process, ` +
    'in turns with the others, against the same server process on loopback. Ratios are of medians.'
  )
}
