import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind, Order } from '../servers/caller.ts'
import { rateOf, type Load } from '../servers/load.ts'
import type { Line } from './figures.ts'
import { start, type Running } from './process.ts'
import type { Home } from './program.ts'

/** What is posted to `POST /interactions`, over 32 connections. */
export interface Calls {
  readonly kind: Kind
  readonly count: number
  /** As many go before, unmeasured: by then the engine has compiled what it is going to. */
  readonly beforehand: number
  /** Of a hundred. */
  readonly forged: number
}

/** Whose pages are pressed under: those of so many people, of a search where there is a query. */
export interface Shown {
  readonly people: number
  readonly query?: string
}

export type Called = Load & { readonly right: number; readonly wrong: number }

/** Discord as it posts interactions, in a process of its own, and its public key. */
export async function startCaller(): Promise<{ readonly caller: Running; readonly publicKey: string }> {
  const caller = start('bench/servers/caller.ts')
  return { caller, ...(await caller.ask<{ publicKey: string }>()) }
}

/** The program, or several replicas of it. */
export async function called(
  caller: Running,
  homes: readonly Home[],
  { people, query }: Shown,
  calls: Calls,
): Promise<Called> {
  const replicas = homes.map((home) => home.start())
  const ports = homes.map(({ env }) => Number(env['PORT']))
  try {
    await Promise.all(ports.map(healthy))
    // Every replica has the pages in hand before it is measured.
    for (const port of ports) await ask(caller, { order: 'look', port, people, query })
    return await load(caller, ports, calls)
  } finally {
    await Promise.all(replicas.map((replica) => replica.stop()))
  }
}

export async function load(caller: Running, ports: readonly number[], calls: Calls): Promise<Called> {
  const { kind, forged, beforehand, count } = calls
  if (beforehand > 0) await ask(caller, { order: 'load', kind, ports, count: beforehand, forged })
  return ask<Called>(caller, { order: 'load', kind, ports, count, forged })
}

export function line(name: string, loads: readonly Called[]): Line {
  return { name, unit: 'a second', values: loads.map(rateOf) }
}

export function wrongs(loads: readonly Called[]): number[] {
  return loads.map(({ wrong }) => wrong)
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
