import type { Input, Measured } from '../competitors/measured.js'
import { inTurns, runFresh } from '../process.ts'
import { atMost, exactly, figure, median, ratio, type Report, type Row } from '../report.ts'
import type { Count } from '../servers/spotify.ts'
import { startSpotify } from '../spotify.ts'

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
const bare = 'bare Node.js'

/** A whole library, over a Spotify that answers after 60 ms and over one that answers at once. */
export async function library(): Promise<Report[]> {
  const spotify = await startSpotify(delay)
  const input = { ...spotify.address, account: `ana-${songs}` }
  const reading = (script: string) => async (): Promise<Read> => {
    await spotify.order()
    const result = await read(script, input)
    return { ...result, ...(await spotify.order()) }
  }
  const all = (scripts: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(scripts).map(([name, script]) => [name, reading(script)]))
  try {
    const slow = await inTurns(3, all({ ...peers, [ours]: 'hearsay.ts', [bare]: 'bare.js' }))
    await spotify.order({ delay: 0 })
    const quick = { ...peers, [ours]: 'hearsay-pages.ts', 'Hearsay, ready to be searched': 'hearsay.ts' }
    return [timed(slow), weighed(slow), worked(await inTurns(7, all(quick)))]
  } finally {
    await spotify.stop()
  }
}

function read(script: string, input: Input): Promise<Measured> {
  return runFresh<Measured>(`bench/competitors/library/${script}`, input, { flags: ['--expose-gc'] })
}

function timed({ [bare]: _bare, ...reads }: Reads): Report {
  const time = ({ time }: Read) => time / 1000
  const read = reads[ours] ?? []
  const bound = ((songs / 50 / 8) * delay) / 1000
  return {
    title: `Whole library of ${songs.toLocaleString('en-US')} songs, a Spotify that answers after ${delay} ms`,
    rows: [
      ...rowsOf(reads, 's', time),
      atMost('of the best peer’s time', ratio(read.map(time), bestPeer(reads, time)), 0.15),
      figure('of the latency bound, 25 rounds of eight', median(read.map(time)) / bound),
      atMost('requests', Math.max(...read.map(({ pages }) => pages)), 203),
      exactly('requests in flight', valuesOf(read, 'mostAtOnce'), 8),
      exactly('connections', valuesOf(read, 'connections'), 8),
      exactly('songs', valuesOf(read, 'songs'), songs),
    ],
  }
}

function weighed({ [bare]: nothing = [], ...reads }: Reads): Report {
  const itself = median(valuesOf(nothing, 'peak'))
  const peak = (read: Read) => (read.peak - itself) / megabyte
  const reading = (read: Read) => (read.peak - read.before) / megabyte
  const kept = (read: Read) => read.kept / megabyte
  const read = reads[ours] ?? []
  return {
    title: 'Memory for it',
    note:
      'Resident memory at its peak: of the peers above bare Node.js, of Hearsay above the same process before it ' +
      'reads. And what of the heap the songs hold afterwards.',
    rows: [
      ...rowsOf(reads, 'MB', peak).map((row) => ({ ...row, name: `${row.name}, above bare Node.js` })),
      figure(`${bare} itself`, itself / megabyte, 'MB'),
      figure('Hearsay, above itself before reading', read.map(reading), 'MB'),
      atMost('of the best peer’s', ratio(read.map(reading), bestPeer(reads, peak)), 0.35),
      ...rowsOf(reads, 'MB', kept).map((row) => ({ ...row, name: `${row.name}, held afterwards` })),
      atMost('held afterwards, of the best peer’s', ratio(read.map(kept), bestPeer(reads, kept)), 0.45),
    ],
  }
}

function worked(reads: Reads): Report {
  const cpu = ({ cpu }: Read) => cpu
  return {
    title: 'Processor time for 200 pages, a Spotify that answers at once',
    rows: [
      ...rowsOf(reads, 'ms', cpu),
      atMost('of the best peer’s', ratio(valuesOf(reads[ours] ?? [], 'cpu'), bestPeer(reads, cpu)), 0.65),
    ],
  }
}

function rowsOf(reads: Reads, unit: string, value: (read: Read) => number): Row[] {
  return Object.entries(reads).map(([name, of]) => figure(name, of.map(value), unit))
}

function valuesOf(reads: readonly Read[], name: keyof Read): number[] {
  return reads.map((read) => read[name])
}

/** The values of the peer with the lowest median. */
function bestPeer(reads: Reads, value: (read: Read) => number): number[] {
  const all = Object.keys(peers).map((name) => (reads[name] ?? []).map(value))
  return all.toSorted((one, other) => median(one) - median(other))[0] ?? []
}
