import type { Measured } from '../contestants/measured.js'
import { atMost, best, exactly, median, ratio, type Line, type Report, type Subject } from '../measure/figures.ts'
import { runFresh } from '../measure/process.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify, type MeasuredSpotify } from '../measure/spotify.ts'
import type { Count } from '../servers/spotify.ts'

const songs = 10_000
const delay = 60
const rounds = 3
const megabyte = 2 ** 20

type Read = Measured & Count

const scripts = {
  '@spotify/web-api-ts-sdk': 'web-api-ts-sdk.js',
  'spotify-web-api-node': 'spotify-web-api-node.js',
  'plain sequential reader': 'sequential.js',
  Hearsay: 'hearsay.ts',
} as const
const names = Object.keys(scripts) as (keyof typeof scripts)[]

/** A whole library, over a Spotify that answers after 60 ms and over one that answers at once. */
export const library: Subject = {
  name: 'library',
  async run() {
    const spotify = await startSpotify(delay)
    try {
      const slow = await read(spotify, rounds)
      const bare = await read(spotify, rounds, { 'bare Node.js': 'bare.js' })
      await spotify.order({ order: 'settings', delay: 0 })
      const quick = await read(spotify, 7)
      return [timed(slow), weighed(slow, median(bare['bare Node.js'].map(({ memory }) => memory))), worked(quick)]
    } finally {
      await spotify.stop()
    }
  },
}

async function read<Name extends string>(
  spotify: MeasuredSpotify,
  times: number,
  which: Record<Name, string> = scripts as Record<string, string> as Record<Name, string>,
) {
  const input = { apiUrl: spotify.apiUrl, accountsUrl: spotify.accountsUrl, account: `ana-${songs}` }
  const contestants = Object.entries<string>(which).map(([name, script]) => [
    name,
    async (): Promise<Read> => {
      await spotify.order({ order: 'count' })
      const result = await runFresh<Measured>(`bench/contestants/library/${script}`, input)
      return { ...result, ...(await spotify.order({ order: 'count' })) }
    },
  ])
  return inTurns<Name, Read>(times, Object.fromEntries(contestants) as Record<Name, () => Promise<Read>>)
}

type Reads = Record<keyof typeof scripts, Read[]>

function timed(reads: Reads): Report {
  const lines = linesOf(reads, 's', ({ time }) => time / 1000)
  const bound = ((songs / 50 / 8) * delay) / 1000
  return {
    title: `Whole library of ${songs.toLocaleString('en-US')} songs, a Spotify that answers after ${delay} ms`,
    lines: Object.values(lines),
    checks: [
      atMost('of the best peer’s time', ratio(lines.Hearsay, best(peersOf(lines))), 0.14),
      atMost('of the latency bound, 25 rounds of eight', median(lines.Hearsay.values) / bound, 1.15),
      exactly(
        'requests',
        reads.Hearsay.map(({ pages }) => pages),
        songs / 50,
      ),
      exactly(
        'requests in flight',
        reads.Hearsay.map(({ mostAtOnce }) => mostAtOnce),
        8,
      ),
      exactly(
        'connections',
        reads.Hearsay.map(({ connections }) => connections),
        8,
      ),
      exactly(
        'songs',
        reads.Hearsay.map((one) => one.songs),
        songs,
      ),
    ],
  }
}

function weighed(reads: Reads, bare: number): Report {
  const lines = linesOf(reads, 'MB', ({ memory }) => (memory - bare) / megabyte)
  return {
    title: 'Memory for it, the most at any time, above bare Node.js',
    lines: [...Object.values(lines), { name: 'bare Node.js itself', unit: 'MB', values: [bare / megabyte] }],
    checks: [atMost('of the best peer’s', ratio(lines.Hearsay, best(peersOf(lines))), 0.45)],
  }
}

function worked(reads: Reads): Report {
  const lines = linesOf(reads, 'ms', ({ cpu }) => cpu)
  return {
    title: 'Processor time for 200 pages, a Spotify that answers at once',
    lines: Object.values(lines),
    checks: [atMost('of the best peer’s', ratio(lines.Hearsay, best(peersOf(lines))), 0.7)],
  }
}

function linesOf(reads: Reads, unit: string, value: (read: Read) => number): Record<keyof typeof scripts, Line> {
  const lines = names.map((name) => [name, { name, unit, values: reads[name].map(value) }])
  return Object.fromEntries(lines) as Record<keyof typeof scripts, Line>
}

function peersOf({ Hearsay: _, ...peers }: Record<keyof typeof scripts, Line>): Line[] {
  return Object.values(peers)
}
