import { input } from './measured.js'
import { openRooms } from './rooms.ts'
import { wholeLibrary } from './whole-library.ts'

// What finding costs, in requests that whoever has started this counts between the steps.
const rooms = await openRooms(input)
const { library } = rooms
const person = 'ben-10000'
const year = Date.now() - 4 * 365 * 24 * 3_600_000
const hours = (count: number): number => count * 3_600_000
await rooms.link(person)
await step('Random song, nothing in hand', () => library.random(person))
await step('Another one', () => library.random(person))
const link = await rooms.accounts.unlink(person)
if (link) library.deleteCached(link)
await rooms.link(person)
await step('A day four years ago, nothing in hand', () => library.byDate(person, { from: year, to: year + hours(24) }))
await step('A few days before that', () => library.byDate(person, { from: year - hours(99), to: year - hours(75) }))

const large = 'emil-40000'
await rooms.link(large)
await wholeLibrary(library, large)
const queries = ['love', 'a', 'the night', 'sun of a', 'e i o', 'zzzzz', '夜', 'καρδια', 'الليل', 'river blue']
const times: number[] = []
for (let run = 0; run < 100; run += 1) {
  const begun = performance.now()
  await library.search(large, queries[run % queries.length] ?? '', { offset: 0 })
  times.push(performance.now() - begun)
}
await rooms.close()
process.send?.({ times })

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now()
  await work()
  process.send?.({ name, time: performance.now() - begun })
  await new Promise((resolve) => process.once('message', resolve))
}
