import { setImmediate as turn } from 'node:timers/promises'
import { createPublisher } from '../src/discord/publisher.ts'
import { createRoundups, type Roundups } from '../src/roundups/roundups.ts'
import { periodAfter } from '../src/roundups/schedule-time.ts'
import type { Store } from '../src/store/store.ts'
import { openBackend, testCrypto } from '../test/roundups/roundups-fixture.ts'
import { redisInstalled } from '../test/store/redis-server.ts'
import { largeRoundup } from './large-roundup.ts'
import { figure, print } from './report.ts'
import { watched } from './watched.ts'

const { signal } = new AbortController()

console.log('What large servers and many servers do to the process and to the store. This takes about three minutes.')
print({ title: 'Nothing but counting, for comparison', rows: await watched('counting', count) })
for (const kind of redisInstalled() ? (['a file', 'Redis'] as const) : (['a file'] as const)) {
  print(await largeRoundup(kind))
  await measureStore(kind)
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
  const library = { since: async () => ({ songs: [], isCut: false }) }
  let now = Date.UTC(2026, 10, 18, 12)
  const accounts = { get: async () => undefined } as never
  const post = async () => ({ id: String((posts += 1)) })
  const discord = { post, get: async () => [], patch: async () => undefined } as never
  const chat = createPublisher(discord, console as never)
  const roundups: Roundups = createRoundups(counted, library, accounts, chat, testCrypto, () => now)
  const tick = () => roundups.deliverDue(() => undefined, signal)

  const soon = kind === 'Redis' ? 10_000 : 1_000
  await dueServers(store, 10_000, soon, now)
  calls = 0
  const ticks = 100
  const rows = await watched('100 looks among 10,000 schedules', async () => {
    for (let run = 0; run < ticks; run += 1) await tick()
  })
  rows.push(figure('  calls to the store for one of them', calls / ticks))
  now += 3 * 24 * 3_600_000
  rows.push(...(await watched(`${soon.toLocaleString('en-US')} servers due at the same moment`, tick)))
  rows.push(figure('  posts', posts))
  await close()
  print({ title: `Over ${kind}`, rows })
}

async function count(): Promise<void> {
  for (const end = performance.now() + 3_000; performance.now() < end;) await turn()
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
