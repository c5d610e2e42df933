import { atLeast, atMost, exactly, sum, table, type Counts, type Report } from '../../bench/report.ts'
import { cells, columns, times } from '../counters.ts'
import type { Soaked } from './run.ts'
import { slope, type Sample } from './samples.ts'

const mega = 1024 * 1024

/** How it is going, in one line. */
export function progress({ record, samples, fault, spotifyRequests, log }: Soaked): string {
  const { interactions, answered, late, missing, wrong } = record.all
  const [p50, p99, max] = times(record.all)
  const latest = samples.at(-1)
  return [
    `${(latest?.at ?? 0).toFixed(1).padStart(5)} min`,
    `${interactions} used, ${answered} answered, ${late} late, ${missing} missing, ${sum(wrong)} wrong`,
    `ack ${p50} / ${p99} / ${max} ms`,
    `RSS ${size(latest?.rss)}, heap ${size(latest?.heap)}, ${latest?.handles} handles`,
    `Spotify ${spotifyRequests}`,
    `${sum(log.errors)} errors`,
    fault,
  ].join(' | ')
}

/** Everybody was answered in time, and with the truth. */
export function judgement({ record, log, surprises, exit, died, indexes }: Soaked): Report {
  const { interactions, late, missing, wrong } = record.all
  return {
    title: 'The promise',
    note: died ? 'The program ended by itself.' : `SIGTERM, then exit code ${exit}.`,
    rows: [
      atLeast('used', interactions, 1),
      exactly('late', late, 0),
      exactly('missing', missing, 0),
      exactly('wrong', sum(wrong), 0),
      exactly('uncaught rejections and exceptions', log.uncaught, 0),
      exactly('complaints of Node', log.complaints.length, 0),
      exactly('refused by Discord or Spotify', surprises.length, 0),
      // One for each at most, whatever was cut off or killed between a record and its index.
      atMost('indexes of libraries that are kept', indexes?.kept ?? Number.NaN, indexes?.people ?? 0),
      exactly('exit code', exit ?? Number.NaN, 0),
    ],
  }
}

/** Everything beside, at the end. */
export function summary({ record, samples, log, spotifyRequests, surprises }: Soaked): string {
  const [first, last] = [samples[0], samples.at(-1)]
  const from = (of: (sample: Sample) => number): string => `${first && of(first)} -> ${last && of(last)}`
  const fromSize = (of: (sample: Sample) => number): string =>
    `${size(first && of(first))} -> ${size(last && of(last))}`
  const during = [...record.during].map(([name, counters]) => [name, ...cells(counters)])
  return [
    '',
    table(['', ...columns], [['all', ...cells(record.all)], ...during]),
    '',
    ...list('used', record.kinds),
    ...list('late, missing, wrong', record.problems),
    ...list('not sent, because what was to be pressed had gone', record.skipped),
    ...list('logged at error', log.errors),
    ...list('logged at warn', log.warnings),
    ...(log.lastWords ? ['the last words:', log.lastWords] : []),
    ...log.complaints,
    ...[...new Set(surprises)].map((one) => `refused: ${one}`),
    '',
    `RSS             ${fromSize(({ rss }) => rss)}, ${rates(samples, ({ rss }) => rss)}`,
    `heap after GC   ${fromSize(({ heap }) => heap)}, ${rates(samples, ({ heap }) => heap)}`,
    `heap taken      ${fromSize(({ taken }) => taken)}, outside it ${fromSize(({ external }) => external)}`,
    `handles         ${from(({ handles }) => handles)}, resources ${from(({ resources }) => resources)}, open files ${from(({ files }) => files)}`,
    `event loop      99 of 100 delays within ${Math.round(Math.max(...samples.map(({ lag }) => lag)))} ms in the worst ten seconds`,
    `Spotify         ${spotifyRequests} requests, ${(spotifyRequests / record.all.interactions).toFixed(2)} for each interaction`,
  ].join('\n')
}

function rates(samples: readonly Sample[], of: (sample: Sample) => number): string {
  const rate = (samples: readonly Sample[]): string => {
    const bytes = slope(samples, of)
    return bytes === undefined ? 'too few samples' : `${(bytes / mega).toFixed(2)} MB a minute`
  }
  return `${rate(samples)}; in the second half ${rate(samples.slice(Math.floor(samples.length / 2)))}`
}

function list(heading: string, counts: Counts): string[] {
  const sorted = Object.entries(counts).toSorted(([, one], [, other]) => other - one)
  if (sorted.length === 0) return []
  return [`${heading}:`, ...sorted.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)]
}

function size(bytes: number | undefined): string {
  return `${((bytes ?? Number.NaN) / mega).toFixed(1)} MB`
}
