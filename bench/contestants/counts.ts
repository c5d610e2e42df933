import type { FoundPage } from '../../src/library/library.ts'
import type { Count, Order } from '../servers/spotify.ts'
import { input } from './measured.js'
import { openRooms } from './rooms.ts'
import { wholeLibrary } from './whole-library.ts'

// One thing after another over one store; the measured Spotify is changed and counted by whoever has started this.
const rooms = await openRooms(input)
await rooms.link(input.account)
const before = await wholeLibrary(rooms.library, input.account)
await orders([{ order: 'change', songs: 10_000, saves: 3, removals: [7321] }])
rooms.wait(6)
const begun = performance.now()
const after = await wholeLibrary(rooms.library, input.account)
const time = performance.now() - begun
const [sync] = await orders([{ order: 'count' }])
// Offsets of their own, so that no two share a request.
await orders([{ order: 'expire' }])
const link = await rooms.accounts.get(input.account)
const calls = Array.from({ length: 50 }, (_, index) =>
  rooms.accounts.withToken(input.account, link, (token, api) => api.savedTracks(token, { offset: index * 50 })),
)
const answered = (await Promise.allSettled(calls)).filter(({ status }) => status === 'fulfilled').length
const [expired] = await orders([{ order: 'count' }])
await rooms.close()
process.send?.({ before: before.library, after: after.library, time, sync, answered, expired, exact: isExact(after) })

async function orders(list: readonly Order[]): Promise<Count[]> {
  const counts: Count[] = []
  for (const order of list) {
    process.send?.(order)
    counts.push(await new Promise<Count>((resolve) => process.once('message', resolve)))
  }
  return counts
}

function isExact({ library, searched }: FoundPage): boolean {
  return library === 10_002 && searched === library
}
