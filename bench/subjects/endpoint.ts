import { called, line, load, startCaller, wrongs, type Called } from '../measure/calling.ts'
import { startDiscord } from '../measure/discord.ts'
import { atLeast, exactly, ratio, type Report, type Subject } from '../measure/figures.ts'
import { start, type Running } from '../measure/process.ts'
import { makeHome } from '../measure/program.ts'
import { inTurns } from '../measure/rounds.ts'
import { startSpotify } from '../measure/spotify.ts'
import type { Kind } from '../servers/caller.ts'

const people = 32
const rounds = 5
const calls = { count: 10_000, beforehand: 10_000, forged: 5 }

/** Interactions over HTTP: one process against Express with a synchronous check. */
export const endpoint: Subject = {
  name: 'endpoint',
  async run() {
    const [discord, spotify] = [await startDiscord(), await startSpotify()]
    const { caller, publicKey } = await startCaller()
    const home = await makeHome(discord.apiUrl, spotify, { people, env: { DISCORD_PUBLIC_KEY: publicKey } })
    const ours = (kind: Kind) => () => called(caller, [home], { people }, { kind, ...calls })
    const theirs = (kind: Kind) => () => express(caller, publicKey, kind)
    try {
      // The pages that both are pressed under are the program's.
      await called(caller, [home], { people }, { kind: 'next', count: people, beforehand: 0, forged: 0 })
      const found = await inTurns(rounds, {
        theirPings: theirs('ping'),
        ourPings: ours('ping'),
        theirPresses: theirs('next'),
        ourPresses: ours('next'),
      })
      return [report(found)]
    } finally {
      await Promise.all([discord.stop(), spotify.stop(), caller.stop()])
      await home.remove()
    }
  },
}

function report(found: Record<'theirPings' | 'ourPings' | 'theirPresses' | 'ourPresses', Called[]>): Report {
  const [peer, own] = [line('Express: PING', found.theirPings), line('Hearsay: PING', found.ourPings)] as const
  const press = line('Express: a press, answered with a constant', found.theirPresses)
  const turned = line('Hearsay: a press, answered with the next page', found.ourPresses)
  const all = [...found.ourPings, ...found.ourPresses]
  return {
    title: 'POST /interactions, 32 connections, against Express with a synchronous check',
    note:
      `${calls.count.toLocaleString('en-US')} at a time after as many others, ${calls.forged} of 100 forged. The caller takes its part of the machine. ` +
      'A press that turns a page is shown for comparison; against a constant it is measured over the gateway.',
    lines: [peer, own, press, turned],
    checks: [
      atLeast('of its rate, PING', ratio(own, peer), 1.8),
      exactly('answers other than 200, or 401 for a forgery', wrongs(all), 0),
    ],
  }
}

async function express(caller: Running, publicKey: string, kind: Kind): Promise<Called> {
  const running = start('bench/contestants/endpoint.js', { args: [JSON.stringify({ publicKey })] })
  try {
    const { port } = await running.ask<{ port: number }>()
    return await load(caller, [port], { kind, ...calls })
  } finally {
    await running.stop()
  }
}
