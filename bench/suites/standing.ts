import { setTimeout as sleep } from 'node:timers/promises'
import { startDiscord, startPeer, type MeasuredDiscord } from '../discord.ts'
import { makeHome, type Home } from '../home.ts'
import { inTurns, type Running } from '../process.ts'
import { atMost, figure, median, ratio, type Report } from '../report.ts'

const nobody = { apiUrl: 'http://127.0.0.1:9/v1', accountsUrl: 'http://127.0.0.1:9' }
const rounds = 3
const starts = 7
const many = { count: 2500, channels: 40, roles: 25 }
const one = { ...many, count: 1 }

/** What it takes to be ready: memory by servers, memory by interactions, and the time from the start. */
export async function standing(): Promise<Report[]> {
  const discord = await startDiscord()
  const home = await makeHome(discord.apiUrl, nobody)
  try {
    return [await servers(discord, home), await people(discord, home), await ready(discord, home)]
  } finally {
    await discord.stop()
    await home.remove()
  }
}

async function servers(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const resident = (begin: () => Running, servers: typeof many) => () =>
    discord.withBot(begin, (bot) => sleep(4000).then(() => bot.resident() / 2 ** 20), servers)
  const found = await inTurns(rounds, {
    peer: resident(() => startPeer(discord, { servers: true }), many),
    ours: resident(home.start, many),
    oneServer: resident(home.start, one),
  })
  return {
    title: 'Memory at 2,500 servers of 40 channels and 25 roles',
    note: 'Resident memory four seconds after the first answer.',
    rows: [
      figure('discord.js with Guilds, 2,500 servers', found.peer, 'MB'),
      figure('Hearsay, 2,500 servers', found.ours, 'MB'),
      figure('Hearsay, one server', found.oneServer, 'MB'),
      atMost('of discord.js as it comes', ratio(found.ours, found.peer), 0.4),
      atMost('growth from one server', median(found.ours) - median(found.oneServer), 8, 'MB'),
    ],
  }
}

async function people(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const begin = () => home.start(['--expose-gc', '--import', './bench/competitors/probe.js'])
  const load = (count: number) => discord.order({ order: 'load', kind: 'stranger', count, people: 1 })
  const grown = async (bot: Running): Promise<number> => {
    await load(4000)
    const before = await heap(bot)
    await load(20_000)
    return ((await heap(bot)) - before) / 1024 / 20_000
  }
  const found = await inTurns(rounds, { ours: () => discord.withBot(begin, grown, one) })
  return {
    title: 'Heap kept per interaction, 20,000 different people',
    rows: [atMost('kept', found.ours, 0.05, 'kB')],
  }
}

async function heap(bot: Running): Promise<number> {
  // What ends by itself within seconds is not kept.
  await sleep(3000)
  await bot.ask({})
  return (await bot.ask<NodeJS.MemoryUsage>({})).heapUsed
}

async function ready(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const timed = (begin: () => Running) => () =>
    discord.withBot(begin, ({ startedAt }, answeredAt) => answeredAt - startedAt, one)
  const found = await inTurns(starts, { peer: timed(() => startPeer(discord)), ours: timed(home.start) })
  return {
    title: 'From the start of the process to its first answer',
    rows: [
      figure('discord.js without intents', found.peer, 'ms'),
      figure('Hearsay', found.ours, 'ms'),
      atMost('of discord.js', ratio(found.ours, found.peer), 1.4),
    ],
  }
}
