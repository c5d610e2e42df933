import { startDiscord } from '../discord.ts'
import { makeHome } from '../home.ts'
import { inTurns, runFresh, type Running } from '../process.ts'
import { atMost, figure, percentile, type Report } from '../report.ts'
import { startSpotify } from '../spotify.ts'

const delay = 60
const rounds = 5
const walk = { order: 'walk', presses: 10, pause: 150 } as const
const next = { order: 'load', kind: 'next', people: 1 } as const
// A program has been running for a while when somebody presses.
const beforehand = 3_000
const perSecond = 35
const count = 10 * perSecond

/** The first view and ten Nexts: what they ask of Spotify and of the store, and how long a press takes inside. */
export async function turning(): Promise<Report[]> {
  const [discord, spotify] = [await startDiscord(), await startSpotify(delay)]
  const home = await makeHome(discord.apiUrl, spotify.address, 1)
  const begin = () => home.start(['--import', './bench/competitors/probe-times.js'])
  const timesOf = async (bot: Running) => (await bot.ask<{ times: number[] }>({})).times
  const round = async (bot: Running) => {
    await spotify.order()
    await discord.order({ order: 'show', people: 1 })
    await timesOf(bot)
    await discord.order(walk)
    const first = await timesOf(bot)
    const { pages } = await spotify.order()
    await discord.order({ ...next, count: beforehand })
    await timesOf(bot)
    await discord.order({ ...next, count, perSecond })
    return { first, pages, times: await timesOf(bot) }
  }
  try {
    const { ours } = await inTurns(rounds, { ours: () => discord.withBot(begin, round) })
    const times = ours.flatMap(({ times }) => times)
    const first = ours.flatMap(({ first }) => first)
    const requests = ours.map(({ pages }) => pages)
    return [
      {
        title: `First view and ten Nexts, a Spotify that answers after ${delay} ms`,
        rows: [atMost('requests to Spotify', Math.max(...requests), 3), figure('one of these presses', first, 'ms')],
      },
      {
        title: `One press at ${perSecond} a second, its data in hand`,
        note:
          'Timed inside the program, from the packet that the gateway hands over to the request with the answer, ' +
          `after ${beforehand.toLocaleString('en-US')} others.`,
        rows: [
          figure('a press', times, 'ms'),
          atMost(`p99 of ${times.length.toLocaleString('en-US')}`, percentile(times, 0.99), 10, 'ms'),
        ],
      },
      ...(await runFresh<Report[]>('bench/competitors/store-trips.ts', {}, { env: home.env })),
    ]
  } finally {
    await Promise.all([discord.stop(), spotify.stop()])
    await home.remove()
  }
}
