import { syncBuiltinESMExports } from 'node:module'
import { mock } from 'node:test'
import { StoreUnavailableError } from '../../../src/store/store.ts'
import type { Random } from './random.ts'

/** A process of the program: what it asks of the world happens when the simulation lets it. */
export interface Process {
  alive: boolean
  /** Stopped until then, by the simulation's time. */
  frozenUntil: number
  /** How far its clock is wrong. */
  offset: number
}

/** What goes wrong at the moment; shares of all steps. */
export interface Faults {
  readonly crash: number
  readonly failure: number
  readonly freeze: number
  /** The store answers nobody before this time. */
  storeAwayUntil: number
}

export const noFaults: Faults = { crash: 0, failure: 0, freeze: 0, storeAwayUntil: 0 }

/** `poll`: what everybody does all the time, so that nothing would come of a crash there. */
export type Kind = 'poll' | 'store' | 'chat' | 'songs'

/** What the processes ask of the world: one step at a time, in any order, and time passes in between. */
export interface Simulation {
  readonly counts: { steps: number; crashes: number; failures: number; freezes: number }
  faults: Faults
  /** As everybody else has it. */
  now(): number
  /** Nobody does anything meanwhile. */
  leap(time: number): Promise<void>
  /** Asks for something; it never ends for a process that has crashed. */
  step<T>(process: Process, kind: Kind, effect: () => Promise<T>): Promise<T>
  /** Lets so much time pass, and calls back every second or so. */
  pass(time: number, everySecond?: () => void | Promise<void>): Promise<void>
  end(): void
}

interface Asked {
  readonly process: Process
  readonly kind: Kind | 'under way'
  readonly notBefore: number
  readonly effect: () => Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

const second = 1000

let current: Simulation | undefined

/** Takes over the time of this process. A simulation that a test left behind when it failed is ended first. */
export function startSimulation(random: Random, begin: number): Simulation {
  current?.end()
  let time = begin
  let asked: Asked[] = []
  mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
  // No mock, which would keep every call for good.
  Object.defineProperty(performance, 'now', { value: () => time, configurable: true })
  // Modules that have taken `setTimeout` from `node:timers/promises` by its name see the new one only after this.
  syncBuiltinESMExports()

  const simulation: Simulation = {
    counts: { steps: 0, crashes: 0, failures: 0, freezes: 0 },
    faults: noFaults,
    now: () => time,
    async leap(by) {
      // What has left a process arrives before that.
      const arriving = asked.filter(({ kind }) => kind === 'under way')
      asked = asked.filter(({ kind }) => kind !== 'under way')
      for (const { effect } of arriving) await effect()
      time += by
    },
    step: (process, kind, effect) =>
      new Promise((resolve, reject) => {
        const isSlow = random.chance(simulation.faults.failure)
        const notBefore = isSlow ? time + random.between(1, 20) * second : 0
        if (process.alive)
          asked.push({ process, kind, notBefore, effect, resolve: resolve as Asked['resolve'], reject })
      }),
    async pass(duration, everySecond = () => undefined) {
      const end = time + duration
      for (;;) {
        await turn()
        if (current !== simulation) throw new Error('The simulation has been ended.')
        asked = asked.filter(({ process }) => process.alive)
        const ready = asked.filter(({ process, notBefore }) => process.frozenUntil <= time && notBefore <= time)
        if (ready.length > 0) await take(random.oneOf(ready))
        else if (time >= end) return
        else await advance(everySecond)
      }
    },
    end() {
      if (current !== simulation) return
      current = undefined
      mock.timers.reset()
      Reflect.deleteProperty(performance, 'now')
      syncBuiltinESMExports()
    },
  }
  current = simulation
  return simulation

  async function advance(everySecond: () => void | Promise<void>): Promise<void> {
    time += second
    mock.timers.tick(second)
    await everySecond()
  }

  async function take(one: Asked): Promise<void> {
    const { faults, counts } = simulation
    asked.splice(asked.indexOf(one), 1)
    counts.steps += 1
    if (one.kind === 'store' || one.kind === 'poll') if (faults.storeAwayUntil > time) return one.reject(away())
    if (one.kind === 'poll' || one.kind === 'under way') return one.resolve(await one.effect())
    if (random.chance(faults.freeze)) {
      counts.freezes += 1
      one.process.frozenUntil = time + random.oneOf([10, 40, 90, 400]) * second
      if (random.chance(0.5)) return void asked.push(one)
    }
    if (random.chance(faults.crash)) return crash(one)
    if (random.chance(faults.failure)) return fail(one)
    one.resolve(await one.effect())
  }

  /** Before it was done, or after. */
  async function crash({ process, effect }: Asked): Promise<void> {
    simulation.counts.crashes += 1
    if (random.chance(0.5)) await effect()
    process.alive = false
  }

  /** It was not done, or it was and nobody heard of it, or it is done yet. */
  async function fail({ process, kind, effect, reject }: Asked): Promise<void> {
    simulation.counts.failures += 1
    const manner = random.oneOf(['not done', 'done', ...(kind === 'chat' ? ['done later'] : [])] as const)
    if (manner === 'done') await effect()
    if (manner === 'done later') {
      const done = { resolve: () => undefined, reject: () => undefined }
      const bystander: Process = { ...process, alive: true, frozenUntil: 0 }
      const notBefore = time + random.between(1, 20) * second
      asked.push({ process: bystander, kind: 'under way', notBefore, effect, ...done })
    }
    reject(kind === 'chat' ? new Error('The connection was cut') : away())
  }
}

function away(): Error {
  return new StoreUnavailableError('The store is away')
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
