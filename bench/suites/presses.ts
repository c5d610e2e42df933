import { startDiscord, startPeer } from '../discord.ts'
import { makeHome } from '../home.ts'
import { inTurns } from '../process.ts'
import { atLeast, atMost, exactly, figure, ratio, type Report } from '../report.ts'
import type { Load } from '../servers/discord.ts'
import { startSpotify } from '../spotify.ts'

const people = 32
const rounds = 5
const count = 12_000
// By then the engine has compiled what it is going to, on either side.
const beforehand = 15_000

/** The whole program against discord.js that answers with a page that is finished already. */
export async function presses(): Promise<Report[]> {
  const [discord, spotify] = [await startDiscord(), await startSpotify()]
  const home = await makeHome(discord.apiUrl, spotify.address, people)
  const show = () => discord.order({ order: 'show', people })
  const turn = async (): Promise<Load> => {
    await discord.order({ order: 'load', kind: 'next', count: beforehand, people })
    return discord.order<Load>({ order: 'load', kind: 'next', count, people })
  }
  try {
    // The pages that both are pressed under are the program's, and so is the one that the peer answers with.
    const page = await discord.withBot(home.start, async () => {
      await show()
      return discord.order<object>({ order: 'walk', presses: 1, pause: 0 })
    })
    const found = await inTurns(rounds, {
      peer: () => discord.withBot(() => startPeer(discord, { page }), turn),
      ours: () => discord.withBot(home.start, () => show().then(turn)),
    })
    const rates = (loads: Load[]) => loads.map(({ rate }) => rate)
    const deferred = found.ours.map((load) => load.deferred)
    const slowest = (loads: Load[]) => loads.map(({ p99 }) => p99)
    return [
      {
        title: 'A page turned with its data in hand, 32 outstanding, against discord.js that has the finished page',
        note: `Of ${count.toLocaleString('en-US')} presses, after ${beforehand.toLocaleString('en-US')} others.`,
        rows: [
          figure('discord.js', rates(found.peer), 'a second'),
          figure('Hearsay', rates(found.ours), 'a second'),
          atLeast('of its rate', ratio(rates(found.ours), rates(found.peer)), 0.7),
          figure('discord.js, p99', slowest(found.peer), 'ms'),
          figure('Hearsay, p99', slowest(found.ours), 'ms'),
          atMost('of its p99', ratio(slowest(found.ours), slowest(found.peer)), 1.3),
          exactly('deferred', deferred, 0),
        ],
      },
    ]
  } finally {
    await Promise.all([discord.stop(), spotify.stop()])
    await home.remove()
  }
}
