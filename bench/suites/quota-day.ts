import { runFresh } from '../process.ts'
import type { Day, Week, WeekOptions } from '../quota-day/week.ts'
import { atMost, exactly, figure, type Report, type Row } from '../report.ts'

const seeds = [0, 1, 2, 3, 4]

/** A week of five people with 500 to 10,000 songs at an app that may make 1,100 requests a day, and what is kept for it. */
export async function quotaDay(): Promise<Report[]> {
  const weeks: (readonly Day[])[] = []
  for (const seed of seeds) weeks.push(await week({ hours: '24', restarts: false, seed }))
  const [kept = []] = weeks
  const restarted = await week({ hours: '24', restarts: true, seed: 0 })
  const unkept = await week({ hours: '0', restarts: false, seed: 0 })
  const index = await runFresh<Report[]>('bench/competitors/quota-day.ts', { kept: true })
  const every = weeks.flat()
  const all = sum(every, ({ searches }) => searches)
  return [
    {
      title: 'A week of five people with 500, 1,500, 3,120, 8,000 and 10,000 songs, 1,100 requests a day',
      note:
        'Each day each of them: `/liked recent` twice with six Nexts each, two searches with five letters typed, a ' +
        `random song, three songs liked and one unliked anywhere; once a roundup of all five. ${seeds.length} such weeks.`,
      rows: [
        atMost('requests on day 1, highest', Math.max(...weeks.map((days) => first(days).requests)), 600),
        ...later('requests on a later day', weeks, 70),
        exactly(
          'refusals',
          sum(every, ({ refused, unanswered }) => refused + unanswered),
          0,
        ),
        exactly('searches answered', all, seeds.length * 7 * 5 * 2),
        exactly(
          'searches that found other songs than a plain scan',
          sum(every, ({ wrong }) => wrong),
          0,
        ),
        figure(
          'refreshes of tokens, which Spotify does not count',
          sum(every, ({ refreshes }) => refreshes),
        ),
      ],
    },
    {
      title: 'The same week with LIBRARY_CACHE_HOURS=0',
      rows: [
        figure('requests on day 1', first(unkept).requests),
        ...later('requests on a later day', [unkept]),
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

/** The mean of days 2 to 7 of all weeks, and the highest of all. */
function later(name: string, weeks: readonly (readonly Day[])[], limit?: number): Row[] {
  const values = weeks.flatMap((days) => days.slice(1).map(({ requests }) => requests))
  const mean = values.reduce((all, value) => all + value, 0) / values.length
  const highest = Math.max(...values)
  const judged = (what: string, value: number): Row =>
    limit === undefined ? figure(what, value) : atMost(what, value, limit)
  return [judged(`${name}, mean`, mean), judged(`${name}, highest`, highest)]
}

function requests(days: readonly Day[]): number {
  return sum(days, ({ requests }) => requests)
}

function sum(days: readonly Day[], of: (day: Day) => number): number {
  return days.reduce((all, day) => all + of(day), 0)
}
