import { runConcurrently } from '../../src/concurrency.ts'
import { collect } from '../../src/roundups/collect.ts'
import { input } from './measured.js'
import { openRooms } from './rooms.ts'

// What 500 members have saved in a week, as a roundup asks for it.
const members = Array.from({ length: 500 }, (_, index) => `member${index}-2000`)
const rooms = await openRooms(input)
await runConcurrently(members, 16, rooms.link)
process.send?.({ linked: members.length })
await new Promise((resolve) => process.once('message', resolve))
const until = Date.now()
const from = until - 7 * 24 * 60 * 60 * 1000
const begun = performance.now()
const missing = process.argv.includes('plain') ? await oneByOne() : await sideways()
process.send?.({ time: performance.now() - begun, missing })
await rooms.close()

async function sideways(): Promise<number> {
  const { signal } = new AbortController()
  return (await collect(rooms.library, members, { from, until }, { signal })).missing.length
}

/** As a plain reader would: one member after the other. */
async function oneByOne(): Promise<number> {
  for (const member of members) await rooms.library.since(member, from)
  return 0
}
