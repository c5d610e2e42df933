import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Accounts } from '../../src/accounts/accounts.ts'
import { NotLinkedError } from '../../src/accounts/errors.ts'
import { createCrypto } from '../../src/crypto.ts'
import type { Library } from '../../src/library/library.ts'
import type { Departed } from '../../src/roundups/departures.ts'
import {
  createRoundups,
  type DeliveryOutcome,
  type Publisher,
  type Roundups,
  type Settings,
} from '../../src/roundups/roundups.ts'
import type { Song } from '../../src/spotify/parse.ts'
import { openStore } from '../../src/store/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { songOf } from '../library/list-fixture.ts'
import { modelStore } from '../store/model.ts'
import { startRedis } from '../store/redis-server.ts'
import { waitLimit } from '../world/until.ts'
import { createChat, type Chat } from './chat.ts'

export const server = '197038439483310086'
export const channel = '402218760019345408'
export const ana = '175928847299117063'
export const ben = '218430562115657728'
export const fridays: Settings = { channel, weekday: 5, hour: 18, timezone: 'Europe/Berlin', skipEmpty: false }

export const hour = 3_600_000
export const day = 24 * hour
/** Friday, 20 November 2026, six o'clock in Berlin. */
export const friday = Date.UTC(2026, 10, 20, 17)

const key = { id: 'k1', key: Buffer.alloc(32, 1) }
export const testCrypto = createCrypto(key, [key])

/** Roundups over a store, with a clock and a chat of the test's own. */
export interface RoundupsFixture {
  readonly store: Store
  readonly chat: Chat
  time: number
  /** What members have liked; nobody has to be in here. NotLinkedError: they are not linked when looked at either. */
  readonly songs: Map<string, readonly Song[] | Error>
  readonly asked: string[]
  /** What happens while Spotify is asked for somebody's. */
  asking?: (person: string) => Promise<void>
  /** Who has left the server, and about whom that was asked each time. */
  readonly departed: Set<string>
  readonly askedAbout: string[][]
  /** One process of several. */
  process(through?: Store, publisher?: Publisher, departed?: Departed): Roundups
  /** Everybody joins, and Ana sets up a roundup on Fridays, two days before. */
  opens(people?: readonly string[], settings?: Partial<Settings>): Promise<Roundups>
}

/** Without a store it has one in memory, which goes by its clock. */
export function createRoundupsFixture(given?: Store): RoundupsFixture {
  const store = given ?? modelStore(() => fixture.time)
  const fixture: RoundupsFixture = {
    store,
    chat: createChat(() => fixture.time),
    time: friday - 2 * day,
    songs: new Map(),
    asked: [],
    departed: new Set(),
    askedAbout: [],
    process(through = store, publisher = fixture.chat.publisher, departed) {
      const get = async (person: string) => {
        const songs = fixture.songs.get(person)
        if (songs instanceof NotLinkedError) throw songs
        return {}
      }
      const accounts = { get } as unknown as Pick<Accounts, 'get'>
      const byDefault: Departed = {
        isGone: async (person) => fixture.departed.has(person),
        async endDeparted(of, people) {
          fixture.askedAbout.push([...people])
          for (const person of fixture.departed.intersection(new Set(people))) await roundups.leave(person, of)
          return true
        },
      }
      const of = [accounts, publisher, testCrypto, () => fixture.time, departed ?? byDefault] as const
      const roundups: Roundups = createRoundups(through, library, ...of)
      return roundups
    },
    async opens(people = [ana, ben], settings = {}) {
      const roundups = fixture.process()
      for (const person of people) await roundups.join(person, server)
      await roundups.setUp(server, { ...fridays, ...settings }, ana)
      return roundups
    },
  }
  const library: Pick<Library, 'since'> = {
    async since(person, time) {
      fixture.asked.push(person)
      await fixture.asking?.(person)
      const songs = fixture.songs.get(person) ?? [songOf(1, { addedAt: friday - hour })]
      if (songs instanceof Error) throw songs
      const liked = songs.filter(({ addedAt = 0 }) => addedAt >= time)
      return { songs: liked.slice(0, 200), isCut: liked.length > 200 }
    },
  }
  return fixture
}

/** What came of whatever was due. Fails with the first failure. */
export async function delivered(...processes: readonly Roundups[]): Promise<(DeliveryOutcome | Error)[]> {
  const outcomes: (DeliveryOutcome | Error)[] = []
  const { signal } = new AbortController()
  await Promise.all(processes.map((one) => one.deliverDue((_server, outcome) => outcomes.push(outcome), signal)))
  for (const one of processes) await one.runRemovals(signal)
  return outcomes
}

/** One of the two stores, with nothing in it, and how to close it. */
export async function openBackend(kind: 'a file' | 'Redis'): Promise<{ store: Store; close(): Promise<void> }> {
  if (kind === 'Redis') {
    const redis = await startRedis()
    const store = await openStore({ redisUrl: redis.url, patience: waitLimit })
    return { store, close: () => store.close().then(() => redis.stop()) }
  }
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-fixture-'))
  const store = await openStore({ directory })
  return { store, close: () => store.close().then(() => rm(directory, { recursive: true })) }
}
