import { z } from 'zod'
import { createSingleFlight } from '../../concurrency.ts'
import { longestWait } from '../../http.ts'
import type { Store } from '../../store/store.ts'
import { fromWall, toWall, type Clock } from './sliding-window.ts'

const blockShape = z.object({ until: z.number(), reason: z.enum(['rate', 'quota']) }).readonly()

/** Until when Spotify answers nothing, in milliseconds since the epoch, and why. */
export type RateLimitBlock = z.infer<typeof blockShape>

const refreshEvery = 1000

/** The block of one app, kept so that every process and the next start see it. */
export function createBlock(store: Pick<Store, 'get' | 'set'>, key: string, clock: Clock) {
  const { now, wall } = clock
  /** The latest, also when it is over. `end` is on the limiter's own clock. */
  let known: { readonly block: RateLimitBlock; readonly end: number } | undefined
  /** The end of the one before that: where the clock was set back, it may be stored for longer than it lasted. */
  let past: number | undefined
  let unsaved: RateLimitBlock | undefined
  let refreshedAt = -Infinity
  const singleFlight = createSingleFlight<void>()

  return { refresh, current, set }

  /**
   * The block that is in force, when other processes have been asked, once a second at most; as often what could not be
   * saved before is saved. Where the store does not answer, nothing changes.
   */
  async function refresh(): Promise<RateLimitBlock | undefined> {
    const blocked = current()
    if ((blocked && !unsaved) || now() - refreshedAt < refreshEvery) return blocked
    const refreshing = singleFlight('refresh', exchange)
    // What is turned away anyhow does not wait for the store first.
    if (!blocked) await refreshing
    return current()
  }

  /**
   * The block that is in force, if one is. It is over as soon as one clock says so: people may have set one back, the
   * other stands still while a machine sleeps.
   */
  function current(): RateLimitBlock | undefined {
    if (!known || known.end <= now() || known.block.until <= wall()) return undefined
    const { until, reason } = known.block
    return { until: Math.min(until, toWall(known.end, clock)), reason }
  }

  /** Remembers a block; a shorter one never replaces a longer one. */
  async function set({ until, reason }: RateLimitBlock): Promise<void> {
    const block = { until, reason }
    if (!learn(block)) return
    unsaved = block
    await exchange()
  }

  function learn(block: RateLimitBlock): boolean {
    const end = Math.min(fromWall(block.until, clock), now() + longestWait)
    if (known && current() && known.end >= end) return false
    if (known && !current()) past = known.block.until
    known = { block, end }
    return true
  }

  /** Learns what is stored, and stores what is not; of two blocks the longer one. */
  async function exchange(): Promise<void> {
    if (!current()) unsaved = undefined
    const block = unsaved
    // Others may have written what is there.
    const { data: stored } = blockShape.safeParse(await store.get('gate', key).catch(() => undefined))
    const isNews = stored && stored.until !== known?.block.until && stored.until !== past
    const counts = isNews && stored.until <= wall() + longestWait && (!block || stored.until > block.until)
    try {
      if (counts) learn(stored)
      else if (block) await store.set('gate', key, block, Math.max(block.until - wall(), 1))
      if (unsaved === block) unsaved = undefined
    } catch {
      // This process goes on with what it knows; whatever else needs the store will say that it is away.
    }
    refreshedAt = now()
  }
}
