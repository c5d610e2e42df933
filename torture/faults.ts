import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exactly, figure, print, sum, table, verdict } from '../bench/report.ts'
import { redisInstalled, startRedis } from '../test/store/redis-server.ts'
import { cells, columns, times } from './counters.ts'
import { startCrowd } from './crowd.ts'
import { surviveKills } from './faults/kills.ts'
import { endure, gather } from './faults/rounds.ts'
import { openNetwork } from './network.ts'
import { providerFaults } from './provider-faults.ts'
import { breakable, redisFaults } from './redis-faults.ts'

const size = 40
const wave = { interactions: 210, over: 7_000 }
const kills = 20

if (!redisInstalled()) throw new Error('This needs redis-server on the PATH.')
const server = await startRedis(breakable)
try {
  await faults()
  await killings()
} finally {
  await server.stop()
}

/** Nobody waits in vain or is told an untruth, all is well afterwards, and a silent Redis makes nobody wait for long. */
async function faults(): Promise<void> {
  console.log(
    `${size} people use the program ${wave.interactions} times in ${wave.over / 1000} seconds under each fault. ` +
      'This takes about three minutes.\n',
  )
  const network = await openNetwork(server.port)
  const crowd = await startCrowd(size, { REDIS_URL: network.url })
  const pages = await gather(crowd)
  const rows: (string | number)[][] = []
  const wrong = new Set<string>()
  for (const fault of [...providerFaults(crowd), ...redisFaults(server, network, wave.over)]) {
    console.log(fault.name)
    const { counters, recovered } = await endure(crowd, pages, fault, wave)
    const [, p99, max] = times(counters)
    const late = fault.silent && (p99 > 1_000 || max > 2_500)
    const met = counters.missing === 0 && sum(counters.wrong) === 0 && recovered !== undefined && !late
    if (!met) process.exitCode = 1
    const well = recovered === undefined ? 'never' : `${recovered.toFixed(1)} s`
    rows.push([fault.name, ...cells(counters), well, fault.silent ? 'p99 <= 1,000, max <= 2,500' : '', verdict(met)])
    for (const sentence of Object.keys(counters.wrong)) wrong.add(`${fault.name}, ${sentence}`)
  }
  console.log(`\n${table(['', ...columns, 'well after', 'bound, with 0 missing and 0 wrong', ''], rows)}`)
  for (const sentence of wrong) console.log(sentence)
  const unforeseen = crowd.program.output().match(/please report this line/g)?.length ?? 0
  print({ title: 'The log', rows: [exactly('lines about unexpected failures', unforeseen, 0)] })
  await crowd.stop()
  network.close()
}

async function killings(): Promise<void> {
  console.log(`\nTwelve people link, share and unlink while the program is killed ${kills} times.`)
  const directory = mkdtempSync(join(tmpdir(), 'hearsay-kills-'))
  const stores = { 'the embedded store': { DATA_DIR: directory }, Redis: { REDIS_URL: server.url } }
  for (const [name, store] of Object.entries(stores)) {
    const crowd = await startCrowd(12, store)
    const { changes, compared, lost } = await surviveKills(crowd, kills)
    await crowd.stop()
    print({
      title: `kill -9 over ${name}`,
      note: lost.join('\n'),
      rows: [figure('changes', changes), figure('compared', compared), exactly('lost', lost.length, 0)],
    })
  }
  rmSync(directory, { recursive: true })
}
