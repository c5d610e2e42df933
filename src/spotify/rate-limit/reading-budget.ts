import { randomUUID } from 'node:crypto'
import type { Store } from '../../store/store.ts'
import { BudgetError } from '../errors.ts'
import { dayMeter, meterName, type DayCounter } from './day-usage.ts'
import { toWall, type Clock } from './sliding-window.ts'

/** One reading of a whole library. Rejects with BudgetError where the day has no room for it. */
export type Reading = ReturnType<ReturnType<typeof createReadingBudget>['start']>

export interface ReadingOptions {
  /** The whole library is in hand as it was at some time. */
  readonly isUpdate: boolean
  /** What is read of it is kept until another day. */
  readonly isKept: boolean
  /** About how many requests it takes, where that is known. */
  readonly about?: number | undefined
}

/** What readings may use of a day. */
export const readingShare = 3 / 4
/** What the first requests of an update may use of it. */
const updateShare = 9 / 10
const hour = 60 * 60_000
const tellEvery = 5_000
/** Of one reading: a process that dies loses no more of the count. */
const tellAfter = 50
/** Requests of an update that need no room: most take fewer. */
const few = 10
/** A library that is larger than the room of a day is begun with so many requests, or a whole day's, and goes on later. */
const worthwhile = 200

class NoRoomError extends Error {}

/** Keeps the readings of one app, in all processes, within three quarters of its day. */
export function createReadingBudget(
  store: Pick<Store, 'meter'>,
  key: string,
  counter: Pick<DayCounter, 'total' | 'state' | 'refresh' | 'flush'>,
  clock: Clock,
) {
  const owner = randomUUID()
  /** Requests that each reading of this process has before it. */
  const plans = new Set<{ left: number }>()
  let isTold = false
  let isTelling = false
  let planning: Promise<unknown> = Promise.resolve()

  return {
    start,
    /** Tells the other processes what is held here: nothing, once all readings have ended. */
    flush: async () => void (isTold && (await hold(0))),
  }

  function start({ isUpdate, isKept, about }: ReadingOptions) {
    const mine = { left: 0 }
    let asked = 0
    /** Before the first plan: they are made each time that it is tried. */
    let first: number | undefined
    let needed = about
    let isPart = false

    return {
      /** Before it asks for many: takes room for all of them, or for a part where no day has room for all. */
      plan(requests: number): Promise<void> {
        const turn = planning.then(() => takeRoom(requests))
        planning = turn.catch(() => undefined)
        return turn
      },
      /** Makes a request that calls what it is given as it goes out. */
      async run<T>(request: (admit: () => void) => Promise<T>): Promise<T> {
        try {
          return await request(admit)
        } catch (error) {
          throw error instanceof NoRoomError ? await refusal(needed, 0, 1) : error
        }
      },
      end(): void {
        plans.delete(mine)
        // So that a crash soon after it loses little of the count.
        if (asked > few) void counter.flush()
      },
    }

    /** Pages go on meanwhile, so that it is looked at again before each request. */
    function admit(): void {
      const isFree = isUpdate && asked < few
      if (used() >= most(isFree ? updateShare : readingShare)) throw new NoRoomError()
      if (isPart && mine.left === 0 && !isFree) throw new NoRoomError()
      asked += 1
      if (needed !== undefined) needed = Math.max(needed - 1, 1)
      mine.left = Math.max(mine.left - 1, 0)
      if (asked % tellAfter === 0) void counter.flush()
    }

    async function takeRoom(requests: number): Promise<void> {
      first ??= asked
      mine.left = 0
      isPart = false
      if (requests === 0 || (isUpdate && asked + requests <= few)) return
      await counter.refresh()
      const left = await hold(requests)
      const isPossible = isKept || requests + first <= most()
      isPart = left < requests
      const isWorthwhile = requests + first > most() && left + first >= Math.min(worthwhile, most())
      if (isPart && !(isWorthwhile && isKept)) {
        await hold(0)
        throw await refusal(requests, left, first, isPossible)
      }
      mine.left = left
      needed = requests
      plans.add(mine)
      tellLater()
    }
  }

  function most(share = readingShare): number {
    return Math.floor(counter.state().limit * share)
  }

  function used(): number {
    return counter.total.state().used
  }

  /** Holds up to so many more, as long as all that is held has room; resolves with how many. */
  async function hold(want: number): Promise<number> {
    isTold = true
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

  /** `left` of the `needed` are there; until when the others are not, with those that another try begins with. */
  async function refusal(needed: number | undefined, left: number, first: number, isPossible = true) {
    // Only what the meter knows to be spent has an end.
    await counter.refresh()
    const room = (needed ?? few) + first
    const wait = used() + room <= most() ? 60_000 : await untilFree(room)
    return new BudgetError(toWall(clock.now() + wait, clock), needed, left, isPossible)
  }

  /** In how many milliseconds the day has room for so many, or for as many as it ever has. */
  async function untilFree(room: number): Promise<number> {
    const look = (limit: number) =>
      store.meter(meterName(key), { ...dayMeter, owner: 'look', spent: [], held: 0, want: 0, limit })
    const { frees } = await look(1)
      // What processes hold for pages ends without being spent.
      .then(({ total }) => look(Math.max(most() - room, 0) + 1 + Math.max(total - used(), 0)))
      .catch(() => ({ frees: hour }))
    // What is under way ends last.
    return frees || dayMeter.span + dayMeter.bucket
  }
}
