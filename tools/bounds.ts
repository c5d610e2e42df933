// npm run bounds -- <name> …: figures that have a bound, each measured in a fresh process; 1 where one is beyond it.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import type { Measure } from './bounds/measure.ts'

const [first, ...others] = process.argv.slice(2)
const folder = new URL('bounds/', import.meta.url)
const all = readdirSync(folder).map((file) => file.replace(/\.ts$/, ''))
const names = all.filter((name) => name !== 'measure')

if (first === '--here') await measureHere(others[0] ?? '')
else for (const name of first === undefined ? names : [first, ...others]) measureApart(name)

function measureApart(name: string): void {
  const command = ['--expose-gc', '--max-semi-space-size=8', process.argv[1] ?? '', '--here', name]
  if (spawnSync(process.execPath, command, { stdio: 'inherit' }).status !== 0) process.exitCode = 1
}

async function measureHere(name: string): Promise<void> {
  const { default: measure } = (await import(new URL(`${name}.ts`, folder).href)) as { default: Measure }
  const figure = await measure.take()
  const isMet = figure <= measure.bound
  const said = figure.toLocaleString('en-US', { maximumFractionDigits: 1 })
  console.log(`${isMet ? 'met   ' : 'MISSED'} ${measure.what}: ${said} ${measure.unit}, at most ${measure.bound}`)
  process.exit(isMet ? 0 : 1)
}
