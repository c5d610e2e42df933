import { randomUUID } from 'node:crypto'
import type { Store } from '../../store/store.ts'
import { BudgetError } from '../errors.ts'
import { dayMeter, meterName, type DayCounter } from './day-usage.ts'
import { toWall, type Clock } from './sliding-window.ts'

/** One reading of a whole library. Rejects with BudgetError where the day has no room for it. */
export type Reading = ReturnType<ReturnType<typeof createReadingBudget>>

const hour = 60 * 60_000
const tellEvery = 5_000
/** Requests of a reading that need no room: most updates take fewer. */
const few = 10
/** A library that is larger than the room of a day is begun with so many requests, or a whole day's, and goes on later. */
const worthwhile = 200

/** Keeps the readings of one app, in all processes, within three quarters of its day. */
export function createReadingBudget(
  store: Pick<Store, 'meter'>,
  key: string,
  counter: Pick<DayCounter, 'state' | 'refresh' | 'flush'>,
  clock: Clock,
) {
  const owner = randomUUID()
  /** Requests that each reading of this process has before it. */
  const plans = new Set<{ left: number }>()
  let isTelling = false
  let planning: Promise<unknown> = Promise.resolve()

  return () => {
    const mine = { left: 0 }
    let asked = 0
    /** Of what was planned. */
    let needed = 0
    let isPart = false

    return {
      /** Before it asks for many: takes room for all of them, or for a part where no day has room for all. */
      plan(requests: number): Promise<void> {
        const turn = planning.then(() => takeRoom(requests))
        planning = turn.catch(() => undefined)
        return turn
      },
      /** Before each request. */
      async ask(): Promise<void> {
        asked += 1
        const isOver = used() >= most() || (isPart && mine.left === 0)
        if (asked > few && isOver) throw await refusal(Math.max(needed, few), 0)
        needed -= 1
        mine.left = Math.max(mine.left - 1, 0)
      },
      end(): void {
        plans.delete(mine)
        // So that a crash soon after it loses little of the count.
        if (asked > few) void counter.flush()
      },
    }

    async function takeRoom(requests: number): Promise<void> {
      mine.left = 0
      await counter.refresh()
      const left = await hold(requests)
      isPart = left < requests
      if (isPart && (requests <= most() || left < Math.min(worthwhile, most()))) {
        await hold(0)
        throw await refusal(requests, left)
      }
      mine.left = left
      needed = requests
      plans.add(mine)
      tellLater()
    }
  }

  function most(): number {
    return Math.floor((counter.state().limit * 3) / 4)
  }

  function used(): number {
    return counter.state().used
  }

  /** Holds up to so many more, as long as all that is held has room; resolves with how many. */
  async function hold(want: number): Promise<number> {
    const held = plans.values().reduce((sum, { left }) => sum + left, 0)
    const limit = Math.max(most() - used(), 0)
    const alone = Math.max(Math.min(want, limit - held), 0)
    return store.meter(meterName(key, 'planned'), { ...dayMeter, owner, spent: [], held, want, limit }).then(
      ({ granted }) => granted,
      () => alone,
    )
  }

  /** Other processes learn what is left of the plans here, after what was spent of them. */
  function tellLater(): void {
    if (isTelling) return
    isTelling = true
    clock.after(tellEvery, () => {
      void counter.refresh().then(() => {
        isTelling = false
        if (plans.size > 0) tellLater()
        return hold(0)
      })
    })
  }

  /** `left` of the `needed` are there; until when the others are not. */
  async function refusal(needed: number, left: number): Promise<BudgetError> {
    const look = (limit: number) =>
      store.meter(meterName(key), { ...dayMeter, owner: 'look', spent: [], held: 0, want: 0, limit })
    const { frees } = await look(1)
      // What processes hold for pages ends without being spent.
      .then(({ total }) => look(Math.max(most() - needed, 0) + 1 + Math.max(total - used(), 0)))
      .catch(() => ({ frees: hour }))
    // Where it is only held for other readings, it may be there soon.
    const wait = Math.min(frees || 60_000, dayMeter.span + dayMeter.bucket)
    return new BudgetError(toWall(clock.now() + wait, clock), needed, left)
  }
}
