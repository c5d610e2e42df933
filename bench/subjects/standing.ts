import { setTimeout as sleep } from 'node:timers/promises'
import { startDiscord, type MeasuredDiscord } from '../measure/discord.ts'
import { atMost, median, ratio, type Line, type Report, type Subject } from '../measure/figures.ts'
import { start, type Running } from '../measure/process.ts'
import { makeHome, type Home } from '../measure/program.ts'
import { inTurns } from '../measure/rounds.ts'

const nobody = { apiUrl: 'http://127.0.0.1:9/v1', accountsUrl: 'http://127.0.0.1:9' }
const megabyte = 2 ** 20
const rounds = 3
const starts = 7
const many = { order: 'servers', count: 2500, channels: 40, roles: 25 } as const
const one = { order: 'servers', count: 1, channels: 40, roles: 25 } as const

/** What it takes to stand by: memory by servers, memory by interactions, and the way from nothing to ready. */
export const standing: Subject = {
  name: 'standing',
  async run() {
    const discord = await startDiscord()
    const home = await makeHome(discord.apiUrl, nobody)
    try {
      return [await servers(discord, home), await people(discord, home), await ready(discord, home)]
    } finally {
      await discord.stop()
      await home.remove()
    }
  },
}

async function servers(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const resident = (begin: () => Running, order: typeof many | typeof one) => async (): Promise<number> => {
    await discord.order(order)
    const bot = begin()
    try {
      await discord.order({ order: 'firstAnswer' })
      await sleep(4000)
      return bot.resident() / megabyte
    } finally {
      await bot.stop()
    }
  }
  const found = await inTurns(rounds, {
    peer: resident(() => bare(discord, true), many),
    ours: resident(() => home.start(), many),
    oneServer: resident(() => home.start(), one),
  })
  const [peer, ours, oneServer] = [
    { name: 'discord.js with Guilds, 2,500 servers', unit: 'MB', values: found.peer },
    { name: 'Hearsay, 2,500 servers', unit: 'MB', values: found.ours },
    { name: 'Hearsay, one server', unit: 'MB', values: found.oneServer },
  ] as const
  return {
    title: 'Memory at 2,500 servers of 40 channels and 25 roles',
    note: 'Resident memory four seconds after the first answer.',
    lines: [peer, ours, oneServer],
    checks: [
      atMost('of discord.js as it comes', ratio(ours, peer), 0.35),
      atMost('growth from one server', median(ours.values) - median(oneServer.values), 8, 'MB'),
    ],
  }
}

async function people(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const grown: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    await discord.order(one)
    const program = home.start(['--expose-gc', '--import', './bench/contestants/probe.js'])
    await discord.order({ order: 'firstAnswer' })
    const load = (count: number) => discord.order({ order: 'load', kind: 'stranger', count, people: 1 })
    await load(4000)
    const before = await heap(program)
    await load(20_000)
    grown.push(((await heap(program)) - before) / 1024 / 20_000)
    await program.stop()
  }
  return {
    title: 'Heap kept per interaction, 20,000 different people',
    lines: [{ name: 'Hearsay', unit: 'kB', values: grown }],
    checks: [atMost('kept', median(grown), 0.05, 'kB')],
  }
}

async function heap(program: Running): Promise<number> {
  // What ends by itself within seconds is not kept.
  await sleep(3000)
  await program.ask({})
  return (await program.ask<NodeJS.MemoryUsage>({})).heapUsed
}

async function ready(discord: MeasuredDiscord, home: Home): Promise<Report> {
  const timed = (begin: () => Running) => async (): Promise<number> => {
    await discord.order(one)
    const bot = begin()
    const { at } = await discord.order<{ at: number }>({ order: 'firstAnswer' })
    await bot.stop()
    return at - bot.startedAt
  }
  const found = await inTurns(starts, { peer: timed(() => bare(discord)), ours: timed(() => home.start()) })
  const [peer, ours]: [Line, Line] = [
    { name: 'bare discord.js', unit: 'ms', values: found.peer },
    { name: 'Hearsay', unit: 'ms', values: found.ours },
  ]
  return {
    title: 'From the start of the process to its first answer',
    lines: [peer, ours],
    checks: [atMost('of bare discord.js', ratio(ours, peer), 1.1)],
  }
}

function bare({ apiUrl }: MeasuredDiscord, servers = false): Running {
  return start('bench/contestants/discord/constant.js', { args: [JSON.stringify({ apiUrl, servers })] })
}
