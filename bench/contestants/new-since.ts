import { sideBySide } from '../../src/library/lane.ts'
import { input } from './measured.js'
import { openRooms } from './rooms.ts'

// What 500 members have saved in a week: the newest page of each, eight at a time.
const members = Array.from({ length: 500 }, (_, index) => `member${index}-2000`)
const rooms = await openRooms(input)
await sideBySide(members, 16, rooms.link)
process.send?.({ linked: members.length })
await new Promise((resolve) => process.once('message', resolve))
const since = Date.now() - 7 * 24 * 60 * 60 * 1000
let songs = 0
const begun = performance.now()
await sideBySide(members, 8, async (member) => {
  const page = await rooms.library.newest(member, { offset: 0 })
  songs += page.songs.filter(({ addedAt = 0 }) => addedAt >= since).length
})
process.send?.({ time: performance.now() - begun, songs })
await rooms.close()
