import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisInstalled, startRedis } from '../test/store/redis-server.ts'
import { startCrowd } from './enduring/crowd.ts'
import { surviveKills } from './enduring/kills.ts'
import { openLine } from './enduring/line.ts'
import { quantile } from './enduring/load.ts'
import { outsideFaults } from './enduring/outside-faults.ts'
import { breakable, redisFaults } from './enduring/redis-faults.ts'
import { endure, gather, type Round } from './enduring/rounds.ts'

const size = 40
const wave = { interactions: 210, over: 7_000 }
const kills = 20

if (!redisInstalled()) throw new Error('This needs redis-server on the PATH.')
const broken: string[] = []
const server = await startRedis(breakable)
try {
  await faults()
  await killings()
} finally {
  await server.stop()
}
if (broken.length > 0) {
  console.log(`\nNot as promised: ${broken.join(', ')}`)
  process.exitCode = 1
}

async function faults(): Promise<void> {
  console.log(
    `${size} people use the program ${wave.interactions} times in ${wave.over / 1000} seconds under each fault. ` +
      'This takes about three minutes.\n',
  )
  console.log(row('', 'used', 'unanswered', 'ack p50', 'p99', 'max ms', 'wrong', 'served', 'well after'))
  const line = await openLine(server.port)
  const crowd = await startCrowd(size, { REDIS_URL: `redis://127.0.0.1:${line.port}` })
  const pages = await gather(crowd)
  for (const fault of [...outsideFaults(crowd), ...redisFaults(server, line, wave.over)]) {
    report(await endure(crowd, pages, fault, wave))
  }
  const unforeseen = crowd.program.output().match(/nobody foresaw|please report this line/g)?.length ?? 0
  console.log(`\nLog lines about unexpected failures: ${unforeseen}`)
  if (unforeseen > 0) broken.push('the log')
  await crowd.stop()
  line.close()
}

async function killings(): Promise<void> {
  console.log(`\nTwelve people link, share and unlink while the program is killed ${kills} times.\n`)
  console.log(row('', 'kills', 'changes', 'compared', 'lost'))
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-kills-'))
  const stores = { 'embedded store': { DATA_DIR: directory }, Redis: { REDIS_URL: server.url } }
  for (const [name, store] of Object.entries(stores)) {
    const crowd = await startCrowd(12, store)
    const { changes, compared, lost } = await surviveKills(crowd, kills)
    console.log(row(name, kills, changes, compared, lost.length))
    for (const sentence of lost) console.log(`    ${sentence}`)
    if (lost.length > 0) broken.push(`kill -9 over the ${name}`)
    await crowd.stop()
  }
  rmSync(directory, { recursive: true })
}

function report({ fault, interactions, unanswered, acknowledged, wrong, served, recovered }: Round): void {
  const [p50 = 0, p99 = 0, max = 0] = [0.5, 0.99, 1].map((part) => Math.round(quantile(acknowledged, part)))
  const well = recovered === undefined ? 'never' : `${recovered.toFixed(1)} s`
  console.log(row(fault.name, interactions, unanswered, p50, p99, max, wrong.length, served, well))
  for (const sentence of new Set(wrong)) console.log(`    ${sentence}`)
  const late = fault.silent && (p99 > 1_000 || max > 2_500)
  if (unanswered > 0 || wrong.length > 0 || recovered === undefined || late) broken.push(fault.name)
}

function row(name: string, ...figures: readonly (string | number)[]): string {
  return name.padEnd(28) + figures.map((figure) => String(figure).padStart(11)).join('')
}
