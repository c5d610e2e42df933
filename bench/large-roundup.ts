import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Link } from '../src/accounts/links.ts'
import { createPublisher } from '../src/discord/publisher.ts'
import { createLibrary } from '../src/library/library.ts'
import { createRoundups, type Roundups } from '../src/roundups/roundups.ts'
import { parsePage } from '../src/spotify/parse.ts'
import type { Store } from '../src/store/store.ts'
import { fridays, openBackend, testCrypto } from '../test/roundups/roundups-fixture.ts'
import { figure, type Report, type Row } from './report.ts'
import { watched } from './watched.ts'

const members = Array.from({ length: 1_000 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
const likes = 200
const server = '197038439483310086'
const { signal } = new AbortController()
const hour = 3_600_000
const friday = Date.UTC(2026, 10, 20, 17)

/** 1,000 members with 200 new songs each, from Spotify's pages on: collected, posted, read and left. */
export async function largeRoundup(kind: 'a file' | 'Redis'): Promise<Report> {
  const { store, close } = await openBackend(kind)
  const spotify = busySpotify()
  const written = new Map<string, number>()
  let isCounting = true
  const counted: Store = {
    ...store,
    set(into, key, value, ttl) {
      if (isCounting) written.set(into, (written.get(into) ?? 0) + JSON.stringify(value).length)
      return store.set(into, key, value, ttl)
    },
  }
  const roundups = roundupsOver(counted, spotify.library())
  for (const member of members) await roundups.join(member, server)

  // Looking at the heap holds everything up, so pauses are measured the next time.
  const before = heapInUse()
  const kept: number[] = []
  await roundups.collect(server, 'now-measured', 7, (done) => {
    if (done === 250 || done === 1_000) kept.push(heapInUse() - before)
  })
  const end = heapInUse() - before
  const rows: Row[] = [
    figure('requests to Spotify', spotify.requests()),
    figure('heap kept after 250 members', kept[0] ?? NaN, 'MB'),
    figure('heap kept after 1,000 members', kept[1] ?? NaN, 'MB'),
    figure('heap kept when it is stored', end, 'MB'),
    ...[...written].map(([into, bytes]) => figure(`stored as "${into}"`, bytes / 2 ** 20, 'MB')),
  ]
  isCounting = false

  const again = roundupsOver(counted, spotify.library())
  const id = `now-7-large-${server}`
  rows.push(...(await watched('/roundup now', () => again.collect(server, id, 7, () => undefined))))
  const pages = (await again.page(server, id, 1))?.pages ?? 0
  rows.push(figure('  pages', pages))
  const turned = Array.from({ length: 100 }, (_, index) => 1 + Math.floor((pages - 1) * (index / 99)))
  rows.push(
    ...(await watched('100 presses', async () => {
      for (const page of turned) await again.page(server, id, page)
    })),
  )
  if ('personPage' in again)
    rows.push(
      ...(await watched('100 pages of "See all"', async () => {
        for (const index of turned.keys())
          await again.personPage(server, id, members[index * 10] ?? '', 1 + (index % 20))
      })),
    )
  const shown = await again.page(server, id, 1)
  if (shown) await again.recordMessage(shown, { channel: '1', message: '1' })
  rows.push(...(await watched('a leave, until it is in force', () => again.leave(members[500] ?? '', server))))
  rows.push(...(await watched('  until nothing of it is stored', () => settled(again, members[500] ?? ''))))
  now = friday - 2 * hour
  await again.setUp(server, fridays, members[0] ?? '')
  now = friday
  const outcomes: unknown[] = []
  const report = (_server: string, outcome: unknown): void => void outcomes.push(outcome)
  const posting = roundupsOver(counted, spotify.library())
  rows.push(...(await watched('a post', () => posting.deliverDue(report, signal))))
  if (outcomes.join() !== 'posted') throw new Error(`Nothing was posted: ${outcomes.join()}`)
  await close()
  return { title: `1,000 members with ${likes} new songs each, over ${kind}, without a network`, rows }
}

let now = friday - 2 * hour

function roundupsOver(store: Store, library: ReturnType<typeof createLibrary>): Roundups {
  const accounts = { get: async () => undefined } as never
  const discord = { post: async () => ({ id: '1' }), get: async () => [], patch: async () => undefined } as never
  return createRoundups(store, library, accounts, createPublisher(discord, console as never), testCrypto, () => now)
}

async function settled(roundups: Roundups, person: string): Promise<void> {
  do {
    await roundups.runRemovals(signal)
  } while ((await roundups.about(person)).leaving.length > 0)
}

/** Members who have liked that many songs in the last days: five in a hundred are among 500 that others like too. */
function busySpotify() {
  let requests = 0
  const picture = 'https://i.scdn.co/image/ab67616d00001e02'
  const item = (member: number, index: number) => {
    const number = index % 20 === 0 ? (member * 7 + index) % 500 : 1_000 + member * likes + index
    const id = String(number).padStart(22, '0')
    const artist = { name: `Artist ${number % 97}`, id, type: 'artist', uri: `spotify:artist:${id}` }
    const images = [640, 300, 64].map((size) => ({ height: size, width: size, url: picture + id.padStart(24, '0') }))
    const album = { name: `Album ${Math.floor(number / 8)}`, images, artists: [artist], id, total_tracks: 10 }
    const addedAt = friday - 3 * hour - (index * 1_000 + member) * 500
    return {
      added_at: new Date(addedAt).toISOString(),
      track: { id, uri: `spotify:track:${id}`, name: `Song ${number}`, artists: [artist], album, explicit: false },
    }
  }
  const savedTracks = async (person: string, { offset }: { offset: number }) => {
    requests += 1
    const member = Number(person.slice(-4))
    const items = Array.from({ length: 50 }, (_, index) => item(member, offset + index))
    const json = Buffer.from(JSON.stringify({ items, limit: 50, offset, total: likes, next: null }))
    await turn()
    return parsePage(json, offset, 50)
  }
  const accounts = {
    get: async (person: string) => ({ id: person }) as Link,
    withToken: (person: string, _link: Link, work: (token: string, api: object) => unknown) =>
      work(person, { savedTracks }),
  }
  return { library: () => createLibrary(accounts as never, () => now), requests: () => requests }
}

/** In megabytes, after collecting the garbage. */
function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
