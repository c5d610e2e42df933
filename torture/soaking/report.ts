import { slope, type Sample } from './gauge.ts'
import type { Soaked } from './soak.ts'
import { times, type Sum } from './tally.ts'

const mega = 1024 * 1024

/** How it stands, on one line. */
export function line({ tally, samples, weather, spotifyRequests, heard }: Soaked): string {
  const { interactions, answered, late, missing, wrong } = tally.all()
  const [p50, p99, max] = times(tally.all())
  const latest = samples.at(-1)
  return [
    `${(latest?.at ?? 0).toFixed(1).padStart(5)} min`,
    `${interactions} used, ${answered} answered, ${late} late, ${missing} missing, ${wrong} wrong`,
    `ack ${p50} / ${p99} / ${max} ms`,
    `RSS ${size(latest?.rss)}, heap ${size(latest?.heap)}, ${latest?.handles} handles`,
    `Spotify ${spotifyRequests}`,
    `${total(heard.errors)} errors`,
    weather,
  ].join(' | ')
}

/** Everything, at the end. */
export function summary(soaked: Soaked): string {
  const { tally, samples, heard, spotifyRequests, surprises, exit, died } = soaked
  const sum = tally.all()
  const [first, last] = [samples[0], samples.at(-1)]
  const settled = samples.slice(Math.floor(samples.length / 2))
  const from = (of: (sample: Sample) => number): string => `${first && of(first)} -> ${last && of(last)}`
  return [
    '',
    row('', 'used', 'answered', 'late', 'missing', 'wrong', 'sorry', 'ack p50', 'p99', 'max ms'),
    row('all', ...figures(sum)),
    ...[...tally.during()].map(([name, one]) => row(`  ${name}`, ...figures(one))),
    '',
    ...list('used', tally.kinds()),
    ...list('late, missing, wrong', tally.faults()),
    ...list('not sent, because what was to be pressed had gone', tally.skipped()),
    ...list('logged at error', heard.errors),
    ...list('logged at warn', heard.warnings),
    ...(heard.lastWords ? ['the last words:', heard.lastWords] : []),
    ...heard.complaints.map((one) => `  ${one}`),
    ...[...new Set(surprises)].map((one) => `  refused: ${one}`),
    '',
    `RSS             ${size(first?.rss)} -> ${size(last?.rss)}, ${rates(samples, settled, (sample) => sample.rss)}`,
    `heap after GC   ${size(first?.heap)} -> ${size(last?.heap)}, ${rates(samples, settled, (sample) => sample.heap)}`,
    `heap taken      ${size(first?.taken)} -> ${size(last?.taken)}, outside it ${size(first?.external)} -> ${size(last?.external)}`,
    `handles         ${from((sample) => sample.handles)}, resources ${from((sample) => sample.resources)}, open files ${from((sample) => sample.files)}`,
    `event loop      99 of 100 delays within ${Math.round(Math.max(...samples.map(({ lag }) => lag)))} ms in the worst ten seconds`,
    `Spotify         ${spotifyRequests} requests, ${(spotifyRequests / sum.interactions).toFixed(2)} for each interaction`,
    `uncaught        ${heard.uncaught} rejections and exceptions`,
    `the end         ${died ? 'the program ended by itself' : `SIGTERM, then exit code ${exit}`}`,
    '',
    isGood(soaked) ? 'Good: everybody was answered in time, and with the truth.' : 'Not as promised.',
  ].join('\n')
}

export function isGood({ tally, heard, surprises, exit }: Soaked): boolean {
  const { interactions, late, missing, wrong } = tally.all()
  const troubles = late + missing + wrong + heard.uncaught + heard.complaints.length + surprises.length
  return interactions > 0 && troubles === 0 && exit === 0
}

function figures(sum: Sum): (number | string)[] {
  const { interactions, answered, late, missing, wrong, sorry } = sum
  const waited = sum.acknowledged.length > 0 ? times(sum) : ['-', '-', '-']
  return [interactions, answered, late, missing, wrong, sorry, ...waited]
}

function rates(all: readonly Sample[], settled: readonly Sample[], of: (sample: Sample) => number): string {
  const rate = (samples: readonly Sample[]): string => {
    const bytes = slope(samples, of)
    return bytes === undefined ? 'too few samples' : `${(bytes / mega).toFixed(2)} MB a minute`
  }
  return `${rate(all)}; in the second half ${rate(settled)}`
}

function list(heading: string, counts: ReadonlyMap<string, number>): string[] {
  if (counts.size === 0) return []
  const sorted = [...counts].toSorted(([, one], [, other]) => other - one)
  return [`${heading}:`, ...sorted.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)]
}

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0)
}

function size(bytes: number | undefined): string {
  return `${((bytes ?? Number.NaN) / mega).toFixed(1)} MB`
}

function row(name: string, ...columns: readonly (string | number)[]): string {
  return name.padEnd(28) + columns.map((column) => String(column).padStart(9)).join('')
}
