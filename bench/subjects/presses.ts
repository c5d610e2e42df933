import { atLeast, atMost, exactly, ratio, type Line, type Report, type Subject } from '../measure/figures.ts'
import { startDiscord, type MeasuredDiscord } from '../measure/discord.ts'
import { start, type Running } from '../measure/process.ts'
import { makeHome } from '../measure/program.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify } from '../measure/spotify.ts'
import type { Kind } from '../servers/discord.ts'
import { rateOf, type Load } from '../servers/load.ts'

const people = 32
const rounds = 5
const pages = 12_000
// By then the engine has compiled what it is going to, on either side.
const beforehand = 15_000

/** The whole program against discord.js that answers with a constant, and that defers as its guide shows. */
export const presses: Subject = {
  name: 'presses',
  async run() {
    const discord = await startDiscord()
    const spotify = await startSpotify()
    const home = await makeHome(discord.apiUrl, spotify, { people })
    const ours = (loads: Loads) => driven(discord, () => home.start(), loads, true)
    const theirs = (loads: Loads, work?: number) => driven(discord, () => bare(discord, work), loads)
    const turns = { kind: 'next', beforehand, count: pages } as const
    try {
      // The pages that both are pressed under are the program's.
      await ours({ kind: 'next', beforehand: 0, count: people })
      const turned = await inTurns(rounds, { peer: () => theirs(turns), Hearsay: () => ours(turns) })
      const looked = await inTurns(3, {
        peer: () => theirs({ kind: 'recent', beforehand: 50, count: 150 }, 0),
        Hearsay: () => ours({ kind: 'recent', beforehand: 3000, count: 3000 }),
      })
      return [turning(turned), deferring(looked)]
    } finally {
      await Promise.all([discord.stop(), spotify.stop()])
      await home.remove()
    }
  },
}

function bare({ apiUrl }: MeasuredDiscord, work: number | undefined): Running {
  return start('bench/contestants/discord/constant.js', { args: [JSON.stringify({ apiUrl, work })] })
}

interface Loads {
  readonly kind: Kind
  readonly beforehand: number
  readonly count: number
}

async function driven(
  discord: MeasuredDiscord,
  begin: () => Running,
  { kind, beforehand, count }: Loads,
  looks = false,
): Promise<Load> {
  await discord.order({ order: 'servers', count: 1, channels: 0, roles: 0 })
  const bot = begin()
  try {
    await discord.order({ order: 'firstAnswer' })
    if (looks) await discord.order({ order: 'look', people })
    if (beforehand > 0) await discord.order({ order: 'load', kind, count: beforehand, people })
    return await discord.order<Load>({ order: 'load', kind, count, people })
  } finally {
    await bot.stop()
  }
}

type Measured = Record<'peer' | 'Hearsay', Load[]>

function turning({ peer, Hearsay }: Measured): Report {
  const rates = lines(peer, Hearsay, 'discord.js with a constant', 'a second', rateOf)
  const slowest = lines(peer, Hearsay, 'discord.js with a constant, p99', 'ms', ({ p99 }) => p99)
  return {
    title: 'Press to answer, 32 outstanding: a page turned, against a constant',
    note: `Of ${pages.toLocaleString('en-US')} presses, after ${beforehand.toLocaleString('en-US')} others.`,
    lines: [...rates, ...slowest],
    checks: [
      atLeast('of its rate', ratio(rates[1], rates[0]), 0.9),
      atMost('of its p99', ratio(slowest[1], slowest[0]), 1.2),
      exactly(
        'deferred',
        Hearsay.map(({ deferred }) => deferred),
        0,
      ),
    ],
  }
}

function deferring({ peer, Hearsay }: Measured): Report {
  const rates = lines(peer, Hearsay, 'discord.js that defers and edits', 'a second', rateOf)
  return {
    title: 'Answers for which Spotify is asked, 32 outstanding, a Spotify that answers at once',
    note: 'discord.js defers, as its guide asks for where an answer may take long, and asks nobody. Hearsay defers after 800 ms.',
    lines: rates,
    checks: [atLeast('of its rate', ratio(rates[1], rates[0]), 20)],
  }
}

function lines(peer: Load[], ours: Load[], name: string, unit: string, value: (load: Load) => number): [Line, Line] {
  const end = name.includes(',') ? name.slice(name.indexOf(',')) : ''
  return [
    { name, unit, values: peer.map(value) },
    { name: `Hearsay${end}`, unit, values: ours.map(value) },
  ]
}
