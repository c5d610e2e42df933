import { sideBySide } from '../../src/library/lane.ts'
import { collect } from '../../src/roundups/collect.ts'
import { input } from './measured.js'
import { openRooms } from './rooms.ts'

// What 500 members have saved in a week, as a roundup asks for it.
const members = Array.from({ length: 500 }, (_, index) => `member${index}-2000`)
const rooms = await openRooms(input)
await sideBySide(members, 16, rooms.link)
process.send?.({ linked: members.length })
await new Promise((resolve) => process.once('message', resolve))
const until = Date.now()
const from = until - 7 * 24 * 60 * 60 * 1000
const begun = performance.now()
const { missing } = await collect(rooms.library, members, { from, until }, { signal: new AbortController().signal })
process.send?.({ time: performance.now() - begun, missing: missing.length })
await rooms.close()
