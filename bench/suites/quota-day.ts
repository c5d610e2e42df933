import { runFresh } from '../process.ts'
import type { Day, Week, WeekOptions } from '../quota-day/week.ts'
import { atMost, exactly, figure, median, type Report, type Row } from '../report.ts'

/** A week of five people with 500 to 10,000 songs at an app that may make 1,100 requests a day, and what is kept for it. */
export async function quotaDay(): Promise<Report[]> {
  const kept = await week({ hours: '24', restarts: false })
  const restarted = await week({ hours: '24', restarts: true })
  const unkept = await week({ hours: '0', restarts: false })
  const index = await runFresh<Report[]>('bench/competitors/kept-index.ts', {})
  const all = kept.flatMap(({ searches }) => searches).reduce((sum, count) => sum + count, 0)
  return [
    {
      title: 'A week of five people with 500, 1,500, 3,120, 8,000 and 10,000 songs, 1,100 requests a day',
      note:
        'Each day each of them: `/liked recent` twice with six Nexts each, two searches with five letters typed, a ' +
        'random song, three songs liked and one unliked anywhere; once a roundup of all five.',
      rows: [
        atMost('requests on day 1', first(kept).requests, 600),
        ...later('requests on a later day', kept, ({ requests }) => requests, 70),
        exactly(
          'refusals',
          sum(kept, ({ refused, unanswered }) => refused + unanswered),
          0,
        ),
        exactly('searches answered', all, 7 * 5 * 2),
        exactly(
          'searches that found other songs than a plain scan',
          sum(kept, ({ wrong }) => wrong),
          0,
        ),
        figure(
          'refreshes of tokens, which Spotify does not count',
          sum(kept, ({ refreshes }) => refreshes),
        ),
      ],
    },
    {
      title: 'The same week with LIBRARY_CACHE_HOURS=0',
      rows: [
        figure('requests on day 1', first(unkept).requests),
        ...later('requests on a later day', unkept, ({ requests }) => requests),
        figure(
          'refusals',
          sum(unkept, ({ refused, unanswered }) => refused + unanswered),
        ),
        exactly(
          'searches that found other songs than a plain scan',
          sum(unkept, ({ wrong }) => wrong),
          0,
        ),
      ],
    },
    {
      title: 'The same week, the program started anew before every command',
      rows: [
        figure('requests', requests(restarted)),
        atMost('of those without', requests(restarted) / requests(kept), 1.1),
        exactly(
          'refusals',
          sum(restarted, ({ refused, unanswered }) => refused + unanswered),
          0,
        ),
        exactly(
          'searches that found other songs than a plain scan',
          sum(restarted, ({ wrong }) => wrong),
          0,
        ),
      ],
    },
    ...index,
  ]
}

async function week(options: WeekOptions): Promise<readonly Day[]> {
  return (await runFresh<Week>('bench/competitors/quota-day.ts', options)).days
}

function first(days: readonly Day[]): Day {
  const [day] = days
  if (!day) throw new Error('A week without a day')
  return day
}

/** The mean of days 2 to 7, and the highest. */
function later(name: string, days: readonly Day[], of: (day: Day) => number, limit?: number): Row[] {
  const values = days.slice(1).map(of)
  const mean = values.reduce((all, value) => all + value, 0) / values.length
  const highest = Math.max(...values)
  const judged = (what: string, value: number): Row =>
    limit === undefined ? figure(what, value) : atMost(what, value, limit)
  return [judged(`${name}, mean`, mean), judged(`${name}, highest`, highest), figure(`${name}, median`, median(values))]
}

function requests(days: readonly Day[]): number {
  return sum(days, ({ requests }) => requests)
}

function sum(days: readonly Day[], of: (day: Day) => number): number {
  return days.reduce((all, day) => all + of(day), 0)
}
