import { setTimeout as sleep } from 'node:timers/promises'
import { atLeast, exactly, ratio, type Line, type Report, type Subject } from '../measure/figures.ts'
import { startDiscord } from '../measure/discord.ts'
import { start, type Running } from '../measure/process.ts'
import { makeHome, type Home } from '../measure/program.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify } from '../measure/spotify.ts'
import type { Kind, Order } from '../servers/caller.ts'
import type { Load } from '../servers/load.ts'
import { redisInstalled, startRedis } from '../../test/store/redis-server.ts'

const people = 32
const count = 4000
const rounds = 5
const forged = 5

type Called = Load & { readonly right: number; readonly wrong: number }

/** Interactions over HTTP: one process against Express with a synchronous check, and two replicas against one. */
export const endpoint: Subject = {
  name: 'endpoint',
  async run() {
    const [discord, spotify] = [await startDiscord(), await startSpotify()]
    const caller = start('bench/servers/caller.ts')
    const { publicKey } = await caller.ask<{ publicKey: string }>()
    const open = (env: Record<string, string>) =>
      makeHome(discord.apiUrl, spotify, { people, env: { DISCORD_PUBLIC_KEY: publicKey, ...env } })
    try {
      const alone = await alonePart(caller, publicKey, await open({}))
      return redisInstalled() ? [alone, await replicasPart(caller, open)] : [alone]
    } finally {
      await Promise.all([discord.stop(), spotify.stop(), caller.stop()])
    }
  },
}

async function alonePart(caller: Running, publicKey: string, home: Home): Promise<Report> {
  const ours = (kind: Kind) => (): Promise<Called> => called(caller, [home], kind)
  const theirs = (kind: Kind) => (): Promise<Called> => express(caller, publicKey, kind)
  try {
    // The pages that both are pressed under are the program's.
    await called(caller, [home], 'next')
    const found = await inTurns(rounds, {
      theirPings: theirs('ping'),
      ourPings: ours('ping'),
      theirPresses: theirs('next'),
      ourPresses: ours('next'),
    })
    const [peer, own] = [line('Express: PING', found.theirPings), line('Hearsay: PING', found.ourPings)] as const
    const [press, turned] = [
      line('Express: a press, answered with a constant', found.theirPresses),
      line('Hearsay: a press, answered with the next page', found.ourPresses),
    ] as const
    return {
      title: `POST /interactions, 32 connections, ${forged} of 100 forged, against Express with a synchronous check`,
      lines: [peer, own, press, turned],
      checks: [
        atLeast('of its rate, PING', ratio(own, peer), 1.8),
        atLeast('of its rate, a page turned against a constant', ratio(turned, press), 0.9),
        exactly('answers other than 200, or 401 for a forgery', wrongs([...found.ourPings, ...found.ourPresses]), 0),
      ],
    }
  } finally {
    await home.remove()
  }
}

async function replicasPart(caller: Running, open: (env: Record<string, string>) => Promise<Home>): Promise<Report> {
  const redis = await startRedis()
  const keys = { TOKEN_KEYS: `k1:${Buffer.alloc(32, 7).toString('base64')}`, REDIS_URL: redis.url }
  const homes = [await open(keys), await open(keys)]
  try {
    const found = await inTurns(rounds, {
      one: () => called(caller, homes.slice(0, 1), 'next'),
      two: () => called(caller, homes, 'next'),
    })
    const one = line('one replica', found.one)
    const two = line('two replicas', found.two)
    return {
      title: 'Two replicas that share one Redis, 32 connections in all',
      note: 'Caller, Redis and both replicas share the cores of this machine.',
      lines: [one, two],
      checks: [
        atLeast('of one replica’s rate', ratio(two, one), 1.6),
        exactly('answers other than 200, or 401 for a forgery', wrongs([...found.one, ...found.two]), 0),
      ],
    }
  } finally {
    for (const home of homes) await home.remove()
    await redis.stop()
  }
}

async function called(caller: Running, homes: readonly Home[], kind: Kind): Promise<Called> {
  const replicas = homes.map((home) => home.start())
  const ports = homes.map(({ env }) => Number(env['PORT']))
  try {
    await Promise.all(ports.map(healthy))
    // Every replica has the pages in hand before it is measured.
    for (const port of ports) await ask(caller, { order: 'look', ports: [port], people })
    await ask(caller, { order: 'load', kind, ports, count: count / 2, forged })
    return await ask<Called>(caller, { order: 'load', kind, ports, count, forged })
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()))
  }
}

async function express(caller: Running, publicKey: string, kind: Kind): Promise<Called> {
  const running = start('bench/contestants/endpoint.js', { args: [JSON.stringify({ publicKey })] })
  try {
    const { port } = await running.ask<{ port: number }>()
    await ask(caller, { order: 'load', kind, ports: [port], count: count / 2, forged })
    return await ask<Called>(caller, { order: 'load', kind, ports: [port], count, forged })
  } finally {
    await running.stop()
  }
}

function ask<Told>(caller: Running, order: Order): Promise<Told> {
  return caller.ask<Told>(order)
}

async function healthy(port: number): Promise<void> {
  const status = () => fetch(`http://127.0.0.1:${port}/health`).then((answer) => answer.status)
  const giveUpAt = Date.now() + 30_000
  while ((await status().catch(() => 0)) !== 200) {
    if (Date.now() > giveUpAt) throw new Error('The program did not become healthy within 30 seconds')
    await sleep(50)
  }
}

function line(name: string, loads: readonly Called[]): Line {
  return { name, unit: 'a second', values: loads.map(({ answers, seconds }) => answers / seconds) }
}

function wrongs(loads: readonly Called[]): number[] {
  return loads.map(({ wrong }) => wrong)
}
