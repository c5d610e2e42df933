import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Library } from '../src/library/library.ts'
import { periodAfter } from '../src/roundups/schedule-time.ts'
import type { Song } from '../src/spotify/parse.ts'
import type { Json, Store } from '../src/store/store.ts'
import { songOf } from '../test/library/list-fixture.ts'

/** Members who have all liked so many songs lately, some of them the same ones. Every page is made anew from JSON. */
export function busyServer(likes: number): {
  readonly library: Pick<Library, 'since'>
  megabytesRead(): number
} {
  let bytes = 0
  const library = {
    async since(person: string): Promise<Song[]> {
      const member = Number(person.replace(/\D/g, '').slice(-4))
      const page = Array.from({ length: likes }, (_, index) =>
        songOf(index < 3 ? (member * 7 + index) % 500 : 1_000 + member * likes + index, {
          addedAt: 1_000_000 + member,
        }),
      )
      const text = JSON.stringify(page)
      bytes += text.length
      await new Promise((done) => setImmediate(done))
      return JSON.parse(text) as Song[]
    },
  }
  return { library, megabytesRead: () => bytes / 2 ** 20 }
}

/** Servers with a schedule each: so many are due next Friday, the others a week later. */
export async function dueServers(store: Store, count: number, soon: number, now: number): Promise<void> {
  const weekly = { weekday: 5, hour: 18, timezone: 'Europe/Berlin' }
  const { at: dueAt } = periodAfter(now, weekly)
  const row: { readonly [key: string]: Json } = {
    ...{ ...weekly, version: 1, channel: '402218760019345408', skipEmpty: false, setBy: null },
    ...{ paused: null, dueAt, posted: null, posting: null, closed: 0 },
  }
  for (let from = 0; from < count; from += 50) {
    const some = Array.from({ length: 50 }, (_, index) => String(700_000_000_000_000_000n + BigInt(from + index)))
    const at = from < soon ? dueAt : dueAt + 7 * 24 * 3_600_000
    await Promise.all(some.map((server) => store.set('roundups', server, { ...row, dueAt: at })))
    await Promise.all(some.map((server) => store.schedule('roundups', server, at)))
  }
}

/** In megabytes, after collecting the garbage. */
export function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / 2 ** 20
}
