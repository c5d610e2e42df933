import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCrypto } from '../src/crypto.ts'
import { createRoundups, type Publisher } from '../src/roundups/roundups.ts'
import { openStore } from '../src/store/open-store.ts'
import { songOf } from '../test/library/list-fixture.ts'

const server = '197038439483310086'
const members = Array.from({ length: 100 }, (_, index) => String(300_000_000_000_000_000n + BigInt(index)))
const key = { id: 'k1', key: randomBytes(32) }
const hour = 3_600_000

/** A server of 100 members whose roundup was asked for that often, past the limit, for 1 to 31 days in turn. */
export async function askAgainAndAgain(times: number) {
  const directory = await mkdtemp(join(tmpdir(), 'hearsay-bounds-'))
  const store = await openStore({ directory })
  const library = {
    since: async (person: string) => ({
      songs: [1, 2, 3].map((song) => songOf(Number(person.slice(-3)) * 10 + song, { addedAt: Date.now() - hour })),
      isCut: false,
    }),
  }
  const done = async () => 'done' as const
  const publisher = { update: done, setArchived: done, find: async () => undefined } as unknown as Publisher
  const accounts = { get: async () => undefined } as never
  const roundups = createRoundups(store, library, accounts, publisher, createCrypto(key, [key]))
  for (const member of members) await roundups.join(member, server)
  for (let time = 0; time < times; time += 1) {
    const days = 1 + (time % 31)
    const page = await roundups.collect(server, `now-${days}-${time}-${server}`, days, () => undefined)
    await roundups.recordMessage(page, { channel: '1', message: String(time) })
  }
  return {
    /** Of all files of the store. */
    async bytes(): Promise<number> {
      const names = (await readdir(directory)).filter((name) => name.startsWith('hearsay'))
      const sizes = await Promise.all(names.map(async (name) => (await stat(join(directory, name))).size))
      return sizes.reduce((sum, size) => sum + size, 0)
    },
    leave: () => roundups.leave(members[50] ?? '', server),
    async close(): Promise<void> {
      await roundups.runRemovals(new AbortController().signal)
      await store.close()
      await rm(directory, { recursive: true })
    },
  }
}
