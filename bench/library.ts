import type { FoundPage, Library } from '../src/library/library.ts'
import { startRoom, type Room } from '../test/library/room.ts'
import { weighLibraries } from './memory.ts'
import { readSequentially } from './peers/sequential.ts'

const delay = 0.06
const songs = 10_000
const blocks = songs / 50
const hour = 3_600_000

const rows: [string, ...(string | number)[]][] = [['', 'seconds', 'requests', 'note']]
const room = await startRoom({ ana: songs, ben: songs, emil: 40_000 })
for (const account of ['ana', 'ben', 'emil']) await room.links(account)
console.log(
  `The library over a Spotify on loopback that answers after ${delay * 1000} ms. This takes about 40 seconds.\n`,
)

room.spotify.trouble = { kind: 'slow', delay }
const plain = await timed(room, async () => {
  const link = await room.accounts.get('ana')
  await readSequentially((offset) =>
    room.accounts.withToken('ana', link, (token) => room.api.savedTracks(token, { offset })),
  )
})
const ours = await timed(room, () => search(room.library, 'ana', 'love'))
const bound = Math.ceil(blocks / 8) * delay
rows.push(['Whole library of 10,000: plain sequential reader', plain.seconds, plain.requests, ''])
rows.push([
  'Whole library of 10,000: Hearsay',
  ours.seconds,
  ours.requests,
  `${(plain.time / ours.time).toFixed(1)} times as fast`,
])
rows.push([
  '  bound by latency, eight at once',
  bound.toFixed(2),
  blocks,
  `${(ours.time / 1000 / bound).toFixed(2)} times as long: the first request tells how many, the newest songs come last`,
])

for (let save = 0; save < 3; save += 1) room.spotify.like('ana')
room.spotify.unlike('ana', room.spotify.account('ana').library[7_321]?.song?.id ?? '')
room.wait(6)
const sync = await timed(room, () => search(room.library, 'ana', 'love'))
const { library } = await search(room.library, 'ana', 'love')
rows.push([
  'Then 3 saves and 1 removal',
  sync.seconds,
  sync.requests,
  `${library.toLocaleString('en-US')} songs, and no more to ask`,
])

const random = await timed(room, () => room.library.random('ben'))
rows.push(['Random song of 10,000, nothing in hand', random.seconds, random.requests, ''])
const another = await timed(room, () => room.library.random('ben'))
rows.push(['Another', another.seconds, another.requests, ''])
await room.unlinks('ben')
await room.links('ben')
const year = Date.now() - 4 * 365 * 24 * hour
const when = await timed(room, () => room.library.when('ben', { from: year, to: year + 24 * hour }))
rows.push(['A day four years ago, nothing in hand', when.seconds, when.requests, ''])
const day = await timed(room, () => room.library.when('ben', { from: year - 99 * hour, to: year - 75 * hour }))
rows.push(['A few days before that', day.seconds, day.requests, ''])

room.spotify.trouble = { kind: 'none' }
await search(room.library, 'emil', 'love')
const queries = ['love', 'a', 'the night', 'sun of a', 'e i o', 'zzzzz', '夜', 'καρδια', 'الليل', 'river blue']
const times: number[] = []
for (let run = 0; run < 100; run += 1) {
  const begun = performance.now()
  await room.library.search('emil', queries[run % queries.length] ?? '', { offset: 0 })
  times.push(performance.now() - begun)
}
times.sort((one, other) => one - other)
const median = times[50] ?? 0
rows.push([
  'Search in 40,000, median of 100',
  (median / 1000).toFixed(4),
  0,
  `95 of them within ${(times[94] ?? 0).toFixed(1)} ms, all within ${(times[99] ?? 0).toFixed(1)}; a screen refresh is 16 ms`,
])
await room.close()

for (const [label, mostSongs] of [
  ['without a bound', Infinity],
  ['as bounded', undefined],
] as const) {
  const begun = performance.now()
  const { kept, megabytes } = await weighLibraries(100, mostSongs)
  const note = `${kept} in hand, ${megabytes.toFixed(0)} MB, ${((megabytes * 2 ** 20) / kept / songs).toFixed(0)} bytes a song`
  rows.push([`100 libraries of 10,000, ${label}`, ((performance.now() - begun) / 1000).toFixed(2), '', note])
}
print(rows)

async function search(from: Library, person: string, query: string): Promise<FoundPage> {
  for (;;) {
    const answer = await from.search(person, query, { offset: 0 })
    if (!('done' in answer)) return answer
    await answer.done
  }
}

interface Timed {
  readonly time: number
  readonly seconds: string
  readonly requests: number
}

async function timed({ asked }: Room, work: () => Promise<unknown>): Promise<Timed> {
  const before = asked()
  const begun = performance.now()
  await work()
  const time = performance.now() - begun
  // What is read ahead counts too.
  await new Promise((done) => setTimeout(done, 200))
  return { time, seconds: (time / 1000).toFixed(2), requests: asked() - before }
}

function print(lines: readonly (readonly (string | number)[])[]): void {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => String(line[column] ?? '').length)))
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 1 || column === 2
        ? String(cell).padStart(widths[column] ?? 0)
        : String(cell).padEnd(widths[column] ?? 0),
    )
    console.log(cells.join('  ').trimEnd())
  }
}
