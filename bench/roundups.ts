import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createPublisher } from '../src/discord/publisher.ts'
import type { Library } from '../src/library/library.ts'
import { collect } from '../src/roundups/collect.ts'
import type { createDigest } from '../src/roundups/digest.ts'
import { createRoundups, type Roundups } from '../src/roundups/roundups.ts'
import { periodAfter } from '../src/roundups/schedule-time.ts'
import type { Song } from '../src/spotify/parse.ts'
import type { Store } from '../src/store/store.ts'
import { songOf } from '../test/library/list-fixture.ts'
import { openBackend, testCrypto } from '../test/roundups/roundups-fixture.ts'
import { redisInstalled } from '../test/store/redis-server.ts'
import { figure, print, type Row } from './report.ts'

const members = Array.from({ length: 1_000 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
const likes = 30
const { signal } = new AbortController()

console.log('What large servers and many servers do to the process and to the store. This takes about two minutes.')
print({ title: 'Nothing but counting, for comparison', rows: await watched('counting', count) })
await measureSize()
await measureStore('a file')
if (redisInstalled()) await measureStore('Redis')

/** What a large server does to the process. */
async function measureSize(): Promise<void> {
  const { library, megabytesRead } = busyServer()
  const all = { from: 0, until: Infinity }
  await collect(library, members.slice(0, 50), all, { signal })
  const before = heapInUse()
  let digest: ReturnType<typeof createDigest> | undefined
  const rows = await watched('collected', async () => {
    ;({ digest } = await collect(library, members, all, { signal }))
    digest.rows(new Set(members))
  })
  const kept = heapInUse() - before
  print({
    title: `${members.length.toLocaleString('en-US')} members with ${likes} new songs each, without a network`,
    rows: [
      ...rows,
      figure('rows', digest?.rows(new Set(members)).length ?? 0),
      figure('read', megabytesRead(), 'MB'),
      figure('kept', kept, 'MB'),
    ],
  })
}

/** What large numbers do to the store. */
async function measureStore(kind: 'a file' | 'Redis'): Promise<void> {
  const { store, close } = await openBackend(kind)
  let [calls, posts] = [0, 0]
  const counted: Store = {
    ...store,
    get: (...of) => ((calls += 1), store.get(...of)),
    due: (...of) => ((calls += 1), store.due(...of)),
  }
  let now = Date.UTC(2026, 10, 18, 12)
  const accounts = { get: async () => undefined } as never
  const post = async () => ({ id: String((posts += 1)) })
  const discord = { post, get: async () => [], patch: async () => undefined } as never
  const chat = createPublisher(discord, console as never)
  const roundups: Roundups = createRoundups(counted, busyServer().library, accounts, chat, testCrypto, () => now)
  const tick = () => roundups.deliverDue(() => undefined, signal)

  for (const member of members) await roundups.join(member, '1')
  const rows = await watched('a roundup of 1,000 members', () =>
    roundups.collect('1', 'now-large', 31, () => undefined),
  )
  const page = await roundups.page('1', 'now-large', 1)
  if (!page) throw new Error('There is no such page')
  await roundups.recordMessage(page, { channel: '1', message: '1' })
  rows.push(...(await watched('one of the 1,000 leaves', () => roundups.leave(members[500] ?? '', '1'))))

  const soon = kind === 'Redis' ? 10_000 : 1_000
  await dueServers(store, 10_000, soon, now)
  calls = 0
  const ticks = 100
  const looked = await watched('100 looks among 10,000 schedules', async () => {
    for (let run = 0; run < ticks; run += 1) await tick()
  })
  rows.push(...looked, figure('  calls to the store for one of them', calls / ticks))
  now += 3 * 24 * 3_600_000
  rows.push(...(await watched(`${soon.toLocaleString('en-US')} servers due at the same moment`, tick)))
  rows.push(figure('  posts', posts))
  await close()
  print({ title: `Over ${kind}`, rows })
}

/** How long it takes, and how long it holds up everything else at most. */
async function watched(name: string, work: () => Promise<unknown>): Promise<Row[]> {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  await sleep(20)
  delays.enable()
  const begun = performance.now()
  await work()
  const seconds = (performance.now() - begun) / 1000
  // What blocks at the very end is seen only by the next sample.
  await sleep(20)
  delays.disable()
  return [figure(name, seconds, 's'), figure('  the longest that it blocks', delays.max / 1e6, 'ms')]
}

async function count(): Promise<void> {
  for (const end = performance.now() + 3_000; performance.now() < end;) await turn()
}

/** Members who have all liked so many songs lately, some of them the same ones. Every page is made anew from JSON. */
function busyServer() {
  let bytes = 0
  const library: Pick<Library, 'since'> = {
    async since(person: string): Promise<Song[]> {
      const member = Number(person.replace(/\D/g, '').slice(-4))
      const page = Array.from({ length: likes }, (_, index) =>
        songOf(index < 3 ? (member * 7 + index) % 500 : 1_000 + member * likes + index, {
          addedAt: 1_000_000 + member,
        }),
      )
      const text = JSON.stringify(page)
      bytes += text.length
      await turn()
      return JSON.parse(text) as Song[]
    },
  }
  return { library, megabytesRead: () => bytes / 2 ** 20 }
}

/** Servers with a schedule each: so many are due next Friday, the others a week later. */
async function dueServers(store: Store, count: number, soon: number, now: number): Promise<void> {
  const weekly = { weekday: 5, hour: 18, timezone: 'Europe/Berlin' }
  const { at: dueAt } = periodAfter(now, weekly)
  const fresh = { version: 1, setBy: null, paused: null, dueAt, posted: null, posting: null, closed: 0 }
  const row = { ...weekly, ...fresh, channel: '402218760019345408', skipEmpty: false }
  for (let from = 0; from < count; from += 50) {
    const some = Array.from({ length: 50 }, (_, index) => String(700_000_000_000_000_000n + BigInt(from + index)))
    const at = from < soon ? dueAt : dueAt + 7 * 24 * 3_600_000
    await Promise.all(some.map((server) => store.set('roundups', server, { ...row, dueAt: at })))
    await Promise.all(some.map((server) => store.schedule('roundups', server, at)))
  }
}

/** In megabytes, after collecting the garbage. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
