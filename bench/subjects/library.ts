import type { Measured } from '../contestants/measured.js'
import { atMost, best, exactly, median, ratio, type Line, type Report, type Subject } from '../measure/figures.ts'
import { runFresh } from '../measure/process.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify, type MeasuredSpotify } from '../measure/spotify.ts'
import type { Count } from '../servers/spotify.ts'

const songs = 10_000
const delay = 60
const megabyte = 2 ** 20

type Read = Measured & Count
type Reads = Record<string, Read[]>

const peers = {
  '@spotify/web-api-ts-sdk': 'web-api-ts-sdk.js',
  'spotify-web-api-node': 'spotify-web-api-node.js',
  'plain sequential reader': 'sequential.js',
}
const ours = 'Hearsay'
const indexed = 'Hearsay, ready to be searched'
const bare = 'bare Node.js'

/** A whole library, over a Spotify that answers after 60 ms and over one that answers at once. */
export const library: Subject = {
  name: 'library',
  async run() {
    const spotify = await startSpotify(delay)
    try {
      const slow = await read(spotify, 3, { ...peers, [ours]: 'hearsay.ts', [bare]: 'bare.js' })
      await spotify.order({ order: 'settings', delay: 0 })
      const quick = await read(spotify, 7, { ...peers, [ours]: 'hearsay-pages.ts', [indexed]: 'hearsay.ts' })
      return [timed(slow), weighed(slow), worked(quick)]
    } finally {
      await spotify.stop()
    }
  },
}

function read(spotify: MeasuredSpotify, times: number, scripts: Readonly<Record<string, string>>): Promise<Reads> {
  const input = { apiUrl: spotify.apiUrl, accountsUrl: spotify.accountsUrl, account: `ana-${songs}` }
  const contestants = Object.entries(scripts).map(([name, script]) => {
    const run = async (): Promise<Read> => {
      await spotify.order({ order: 'count' })
      const result = await runFresh<Measured>(`bench/contestants/library/${script}`, input, { flags: ['--expose-gc'] })
      return { ...result, ...(await spotify.order({ order: 'count' })) }
    }
    return [name, run] as const
  })
  return inTurns(times, Object.fromEntries(contestants))
}

function timed(reads: Reads): Report {
  const lines = linesOf(reads, 's', ({ time }) => time / 1000).filter(({ name }) => name !== bare)
  const bound = ((songs / 50 / 8) * delay) / 1000
  const read = reads[ours] ?? []
  return {
    title: `Whole library of ${songs.toLocaleString('en-US')} songs, a Spotify that answers after ${delay} ms`,
    lines,
    checks: [
      atMost('of the best peer’s time', ratio(lineOf(lines, ours), bestPeer(lines)), 0.14),
      atMost('of the latency bound, 25 rounds of eight', median(lineOf(lines, ours).values) / bound, 1.15),
      exactly(
        'requests',
        values(read, ({ pages }) => pages),
        songs / 50,
      ),
      exactly(
        'requests in flight',
        values(read, ({ mostAtOnce }) => mostAtOnce),
        8,
      ),
      exactly(
        'connections',
        values(read, ({ connections }) => connections),
        8,
      ),
      exactly(
        'songs',
        values(read, (one) => one.songs),
        songs,
      ),
    ],
  }
}

function weighed(reads: Reads): Report {
  const itself = median(values(reads[bare] ?? [], ({ memory }) => memory))
  const lines = linesOf({ ...reads, [bare]: [] }, 'MB', ({ memory }) => (memory - itself) / megabyte)
  const read = lines.filter(({ name }) => name !== bare)
  const held = linesOf(reads, 'MB', ({ kept }) => kept / megabyte).filter(({ name }) => name !== bare)
  return {
    title: 'Memory for it above bare Node.js',
    note: 'Resident memory at its peak, modules included; and what of the heap the songs hold afterwards.',
    lines: [
      ...read,
      { name: `${bare} itself`, unit: 'MB', values: [itself / megabyte] },
      ...held.map((line) => ({ ...line, name: `held afterwards: ${line.name}` })),
    ],
    checks: [
      atMost('the most at any time, of the best peer’s', ratio(lineOf(lines, ours), bestPeer(lines)), 0.45),
      atMost('held afterwards, of the best peer’s', ratio(lineOf(held, ours), bestPeer(held)), 0.45),
    ],
  }
}

function worked(reads: Reads): Report {
  const lines = linesOf(reads, 'ms', ({ cpu }) => cpu)
  return {
    title: 'Processor time for 200 pages, a Spotify that answers at once',
    lines,
    checks: [atMost('of the best peer’s', ratio(lineOf(lines, ours), bestPeer(lines)), 0.7)],
  }
}

function linesOf(reads: Reads, unit: string, value: (read: Read) => number): Line[] {
  return Object.entries(reads).map(([name, of]) => ({ name, unit, values: values(of, value) }))
}

function values(reads: readonly Read[], value: (read: Read) => number): number[] {
  return reads.map(value)
}

function lineOf(lines: readonly Line[], wanted: string): Line {
  return lines.find(({ name }) => name === wanted) ?? { name: wanted, unit: '', values: [] }
}

function bestPeer(lines: readonly Line[]): Line {
  return best(lines.filter(({ name }) => name in peers))
}
