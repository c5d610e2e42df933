import { setTimeout as sleep } from 'node:timers/promises'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { collect } from '../src/roundups/collect.ts'
import { createRoundups, type Roundups } from '../src/roundups/roundups.ts'
import type { Store } from '../src/store/store.ts'
import { startLibraryFixture } from '../test/library/library-fixture.ts'
import { createMemoryPublisher } from '../test/roundups/memory-publisher.ts'
import { openBackend } from '../test/roundups/roundups-fixture.ts'
import { redisInstalled } from '../test/store/redis-server.ts'
import { busyServer, dueServers, weigh } from './busy-server.ts'

const delay = 0.06
const people = 500
const songs = 2_000
const day = 24 * 3_600_000
const rows: [string, string, string | number, string][] = [['', 'seconds', 'requests', 'note']]

console.log(
  `Roundups over a Spotify on loopback that answers after ${delay * 1000} ms. This takes about two minutes.\n`,
)
await watched('Nothing but counting, for comparison', idle)
await measureSize()
await measureRequests()
for (const kind of redisInstalled() ? (['a file', 'Redis'] as const) : (['a file'] as const)) await measureStore(kind)
print()

/** How many requests a roundup costs, and how long they take. */
async function measureRequests(): Promise<void> {
  const names = Array.from({ length: people }, (_, index) => `member${index}`)
  const fixture = await startLibraryFixture(Object.fromEntries(names.map((name) => [name, songs])))
  for (const name of names) await fixture.link(name)
  fixture.spotify.trouble = { kind: 'slow', delay }
  const span = { from: Date.now() - 7 * day, until: Date.now() }
  const { signal } = new AbortController()
  const timed = async (label: string, work: () => Promise<unknown>, note: string): Promise<void> => {
    const before = fixture.requestCount()
    const begun = performance.now()
    await work()
    const seconds = ((performance.now() - begun) / 1000).toFixed(2)
    rows.push([label, seconds, fixture.requestCount() - before, note])
  }
  const cpu = process.cpuUsage()
  await timed(
    `${people} members of ${songs.toLocaleString('en-US')} songs: plain reader`,
    async () => {
      for (const name of names) {
        const link = await fixture.accounts.get(name)
        for (let offset = 0; ; offset += 50) {
          const page = await fixture.accounts.withToken(name, link, (token, api) => api.savedTracks(token, { offset }))
          if ((page.songs.at(-1)?.addedAt ?? 0) < span.from || offset + 50 >= page.total) break
        }
      }
    },
    'one member after the other, until a page reaches back far enough',
  )
  const begun = process.cpuUsage(cpu)
  await timed('  Hearsay', () => collect(fixture.library, names, span, { signal }), 'one page each, eight at once')
  const { user, system } = process.cpuUsage(cpu)
  const computing = (user + system - begun.user - begun.system) / 1e6
  rows.push([
    '  bound by latency, eight at once',
    ((people / 8) * delay).toFixed(2),
    people,
    `and ${computing.toFixed(1)} s of computing, Spotify's side included`,
  ])
  await timed('  another server of the same members', () => collect(fixture.library, names, span, { signal }), '')
  for (const name of names) fixture.library.deleteCached(await fixture.accounts.get(name))
  const both = () => Promise.all([1, 2].map(() => collect(fixture.library, names, span, { signal })))
  await timed('  two such servers at the same moment', both, 'each member is asked once')
  await fixture.close()
}

/** What a large server does to the process. */
async function measureSize(): Promise<void> {
  const members = Array.from({ length: 1_000 }, (_, index) => `member${index}`)
  const { library, read } = busyServer(30)
  await collect(library, members.slice(0, 50), { from: 0, until: Infinity }, { signal: new AbortController().signal })
  const before = weigh()
  const delays = monitorEventLoopDelay({ resolution: 5 })
  delays.enable()
  const begun = performance.now()
  const { digest } = await collect(
    library,
    members,
    { from: 0, until: Infinity },
    { signal: new AbortController().signal },
  )
  const found = digest.rows(new Set(members)).length
  const seconds = ((performance.now() - begun) / 1000).toFixed(2)
  await sleep(20)
  delays.disable()
  const growth = weigh() - before
  const note = `${found} rows, ${growth.toFixed(1)} MB kept of ${read().toFixed(0)} MB read, longest block ${block(delays.max)}`
  rows.push(['1,000 members with 30 new songs each, without a network', seconds, '', note])
}

/** What large numbers do to the store. */
async function measureStore(kind: 'a file' | 'Redis'): Promise<void> {
  const { store, close } = await openBackend(kind)
  let calls = 0
  const counted: Store = {
    ...store,
    get: (...of) => ((calls += 1), store.get(...of)),
    due: (...of) => ((calls += 1), store.due(...of)),
  }
  let now = Date.UTC(2026, 10, 18, 12)
  const accounts = { get: async () => undefined } as never
  const chat = createMemoryPublisher(() => now)
  const roundups: Roundups = createRoundups(counted, busyServer(30).library, accounts, chat, () => now)

  const members = Array.from({ length: 1_000 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
  for (const member of members) await roundups.join(member, '1')
  await watched(`${kind}: a roundup of 1,000 members`, () => roundups.collect('1', 'now-large', 31, () => undefined))
  await roundups.recordMessage((await roundups.page('now-large', 1)) ?? never(), { channel: '1', message: '1' })
  await watched(`${kind}: one of the 1,000 leaves`, () => roundups.leave(members[500] ?? '', '1'))

  const soon = kind === 'Redis' ? 10_000 : 1_000
  await dueServers(store, 10_000, soon, now)
  calls = 0
  const ticks = 100
  const { signal } = new AbortController()
  const tick = () => roundups.deliverDue(() => undefined, signal)
  const begun = performance.now()
  for (let run = 0; run < ticks; run += 1) await tick()
  const each = ((performance.now() - begun) / ticks).toFixed(2)
  rows.push([
    `${kind}: a look among 10,000 schedules`,
    (Number(each) / 1000).toFixed(5),
    '',
    `${calls / ticks} call to the store`,
  ])
  now += 3 * day
  await watched(
    `${kind}: ${soon.toLocaleString('en-US')} servers due at the same moment`,
    tick,
    () => `${chat.posts.length} posts`,
  )
  await close()
}

async function watched(label: string, work: () => Promise<unknown>, note = (): string => ''): Promise<void> {
  const delays = monitorEventLoopDelay({ resolution: 5 })
  await sleep(20)
  delays.enable()
  const begun = performance.now()
  await work()
  const seconds = ((performance.now() - begun) / 1000).toFixed(2)
  // What blocks at the very end is seen only by the next sample.
  await sleep(20)
  delays.disable()
  rows.push([label, seconds, '', [note(), `longest block ${block(delays.max)}`].filter(Boolean).join(', ')])
}

async function idle(): Promise<void> {
  for (const end = performance.now() + 3_000; performance.now() < end;) await new Promise((done) => setImmediate(done))
}

function block(nanoseconds: number): string {
  return `${(nanoseconds / 1e6).toFixed(0)} ms`
}

function never(): never {
  throw new Error('There is no such page')
}

function print(): void {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => String(row[column]).length)))
  for (const [label, seconds, requests, note] of rows) {
    const cells = [label.padEnd(widths[0] ?? 0), seconds.padStart(widths[1] ?? 0)]
    console.log([...cells, String(requests).padStart(widths[2] ?? 0), note].join('  ').trimEnd())
  }
}
