import { atMost, median, type Report, type Subject } from '../measure/figures.ts'
import { startDiscord } from '../measure/discord.ts'
import { runFresh } from '../measure/process.ts'
import { makeHome } from '../measure/program.ts'
import { startSpotify } from '../measure/spotify.ts'

const delay = 60
const rounds = 5
const presses = 10
// A program has been running for a while when somebody presses.
const beforehand = 3_000

/** The first view and ten Nexts: what they cost of Spotify, how long a press takes inside, and what of the store. */
export const turning: Subject = {
  name: 'turning',
  async run() {
    const [discord, spotify] = [await startDiscord(), await startSpotify(delay)]
    const home = await makeHome(discord.apiUrl, spotify, { people: 1 })
    const requests: number[] = []
    const times: number[] = []
    const firsts: number[] = []
    try {
      for (let round = 0; round < rounds; round += 1) {
        await discord.order({ order: 'servers', count: 1, channels: 0, roles: 0 })
        const program = home.start(['--import', './bench/contestants/probe-times.js'])
        await discord.order({ order: 'firstAnswer' })
        await spotify.order({ order: 'count' })
        await discord.order({ order: 'look', people: 1 })
        await program.ask({})
        await discord.order({ order: 'walk', presses, pause: 150 })
        firsts.push(...(await program.ask<{ times: number[] }>({})).times)
        requests.push((await spotify.order({ order: 'count' })).pages)
        await discord.order({ order: 'load', kind: 'next', count: beforehand, people: 1 })
        await program.ask({})
        await discord.order({ order: 'walk', presses, pause: 150 })
        times.push(...(await program.ask<{ times: number[] }>({})).times)
        await program.stop()
      }
      const trips = await runFresh<Trips>('bench/contestants/counting.ts', {}, { env: home.env })
      return [report(requests, times, firsts), store(trips)]
    } finally {
      await Promise.all([discord.stop(), spotify.stop()])
      await home.remove()
    }
  },
}

type Trips = Record<'command' | 'press', number[]>

function report(requests: number[], times: number[], firsts: number[]): Report {
  return {
    title: `First view and ten Nexts, a Spotify that answers after ${delay} ms`,
    note: 'A press is timed inside the program, from the interaction that the gateway hands over to the request with the answer, after 3,000 others.',
    lines: [
      { name: 'requests to Spotify', unit: '', values: requests },
      { name: 'a press from data in hand', unit: 'ms', values: times },
      { name: 'one of the first ten of a process', unit: 'ms', values: firsts },
    ],
    checks: [
      atMost('requests, at most', Math.max(...requests), 3),
      atMost('a press, of a round trip, at the median', median(times) / delay, 0.02),
    ],
  }
}

function store({ command, press }: Trips): Report {
  return {
    title: 'Round trips to the store',
    lines: [
      { name: '/liked recent', unit: '', values: command },
      { name: 'Next on one’s own page', unit: '', values: press },
    ],
    checks: [atMost('a press', median(press), 1), atMost('a command', median(command), 2)],
  }
}
