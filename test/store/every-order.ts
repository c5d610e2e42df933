import { setImmediate as turn } from 'node:timers/promises'
import { StoreUnavailableError, type Store } from '../../src/store/store.ts'

/** Something that is done over a store; what it rejects with does not matter here. */
export type Operation = (store: Store) => Promise<unknown>

interface Step {
  readonly of: number
  go(): void
}

interface EveryOrderOptions {
  /** How many orders are tried at most; of more than these, as many again by chance. */
  readonly most?: number
  /** Also with the process of each operation dying before any of its calls. */
  readonly dying?: boolean
}

/**
 * Has operations at the same time, with their calls to the store in every order that there is. `begin` makes a fresh
 * world of them, and `check` looks at it in the end; it is told the order, as the numbers of the operations.
 * The count of what was tried.
 */
export async function inEveryOrder<World>(
  begin: () => Promise<{ readonly world: World; readonly store: Store; readonly operations: readonly Operation[] }>,
  check: (world: World, order: string) => Promise<void>,
  { most = 3_000, dying = false }: EveryOrderOptions = {},
): Promise<number> {
  let tried = 0
  let prefix: number[] | undefined = []
  for (; prefix !== undefined && tried < 2 * most; tried += 1) {
    const byChance = tried >= most
    const taken: { choice: number; among: number }[] = []
    const { world, store, operations } = await begin()
    const steps: Step[] = []
    const alive = new Set(operations.keys())
    const dead = new Set<number>()
    const running = operations.map((operation, of) =>
      operation(gated(store, of, steps, dead))
        .catch(() => undefined)
        .finally(() => alive.delete(of)),
    )
    const order: string[] = []
    while (alive.size > 0) {
      await settled(steps, alive)
      const waiting = [...new Set(steps.map((step) => step.of))].toSorted((a, b) => a - b)
      if (waiting.length === 0) break
      // Each may go on, or die there, once.
      const choices = waiting.flatMap((of) => [
        { of, dies: false },
        ...(dying && dead.size === 0 ? [{ of, dies: true }] : []),
      ])
      const choice: number = byChance ? Math.floor(Math.random() * choices.length) : (prefix[taken.length] ?? 0)
      taken.push({ choice, among: choices.length })
      const { of, dies } = choices[choice] ?? { of: 0, dies: false }
      if (dies) dead.add(of)
      order.push(dies ? `${of}†` : String(of))
      const [step] = steps.splice(
        steps.findIndex((one) => one.of === of),
        1,
      )
      step?.go()
    }
    await Promise.all(running)
    await check(world, order.join(' '))
    if (!byChance) prefix = nextAfter(taken)
  }
  return tried
}

/** The next in the order of a dictionary; undefined after the last. */
function nextAfter(taken: readonly { readonly choice: number; readonly among: number }[]): number[] | undefined {
  for (let at = taken.length - 1; at >= 0; at -= 1) {
    const { choice = 0, among = 0 } = taken[at] ?? {}
    if (choice + 1 < among) return [...taken.slice(0, at).map((one) => one.choice), choice + 1]
  }
  return undefined
}

/** Until everybody who has not ended waits at a call. Nothing else here takes more than a few turns. */
async function settled(steps: readonly Step[], alive: ReadonlySet<number>): Promise<void> {
  for (let turns = 0; turns < 50; turns += 1) {
    await turn()
    if ([...alive].every((of) => steps.some((step) => step.of === of))) return
  }
}

function gated(store: Store, of: number, steps: Step[], dead: ReadonlySet<number>): Store {
  return new Proxy(store, {
    get: (target, name: keyof Store) => {
      return async (...values: never[]) => {
        const { promise, resolve } = Promise.withResolvers<void>()
        steps.push({ of, go: resolve })
        await promise
        if (dead.has(of)) throw new StoreUnavailableError('This process has died')
        return (target[name] as (...all: never[]) => Promise<unknown>)(...values)
      }
    },
  })
}
