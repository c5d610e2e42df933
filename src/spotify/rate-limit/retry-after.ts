import { createSingleFlight } from '../../concurrency.ts'
import { fromWall, toWall, type Clock } from './sliding-window.ts'

export interface RateLimitBlock {
  /** Milliseconds since the epoch. */
  readonly until: number
  readonly reason: 'rate' | 'quota'
}

/** Where a block is kept so that every process and the next start see it. */
export interface BlockStore {
  /** Others may have written what is there: it is checked before it is believed. */
  load(): Promise<RateLimitBlock | undefined>
  save(block: RateLimitBlock): Promise<void>
}

export interface KnownBlock {
  /**
   * Reads what other processes were told, once a second at most, or saves as often what could not be saved before.
   * Where the store does not answer, it changes nothing.
   */
  refresh(): Promise<void>
  /** The block that is in force, if one is. */
  current(): RateLimitBlock | undefined
  /** Remembers a block; a shorter one never replaces a longer one. */
  set(block: RateLimitBlock): Promise<void>
}

const refreshEvery = 1000
/** What says more than that comes from a clock that was wrong: Spotify asks for most of a day. */
const longest = 2 * 24 * 60 * 60_000

export function createBlock(store: BlockStore, clock: Clock): KnownBlock {
  const { now, wall } = clock
  /** The latest, also when it is over. `end` is on the limiter's own clock. */
  let known: { readonly block: RateLimitBlock; readonly end: number } | undefined
  /** The end of the one before that: where the clock was set back, it may be stored for longer than it lasted. */
  let past: number | undefined
  let unsaved: RateLimitBlock | undefined
  let refreshedAt = -Infinity
  const singleFlight = createSingleFlight<void>()

  return {
    async refresh() {
      const blocked = current()
      if ((blocked && !unsaved) || now() - refreshedAt < refreshEvery) return
      const refreshing = singleFlight('refresh', blocked ? save : load)
      // What is turned away anyhow does not wait for the store first.
      if (!blocked) await refreshing
    },
    current,
    async set(block) {
      if (!learn(block)) return
      unsaved = block
      await save()
    },
  }

  /** Over as soon as one clock says so: people may have set one back, the other stands still while a machine sleeps. */
  function current(): RateLimitBlock | undefined {
    if (!known || known.end <= now() || known.block.until <= wall()) return undefined
    const { until, reason } = known.block
    return { until: Math.min(until, toWall(known.end, clock)), reason }
  }

  function learn(block: RateLimitBlock): boolean {
    const end = Math.min(fromWall(block.until, clock), now() + longest)
    if (known && current() && known.end >= end) return false
    if (known && !current()) past = known.block.until
    known = { block, end }
    return true
  }

  async function load(): Promise<void> {
    unsaved = undefined
    const stored = await read()
    if (stored && isNews(stored)) learn(stored)
    refreshedAt = now()
  }

  async function save(): Promise<void> {
    const block = unsaved
    if (!block) return
    const stored = await read()
    const longer = stored && isNews(stored) && stored.until > block.until && stored.until <= wall() + longest
    if (longer) learn(stored)
    const saved = longer || (await store.save(block).then(() => true, leaveToThisProcess))
    if (saved && unsaved === block) unsaved = undefined
    refreshedAt = now()
  }

  async function read(): Promise<RateLimitBlock | undefined> {
    const stored = await store.load().catch(leaveToThisProcess)
    return isBlock(stored) ? stored : undefined
  }

  function isNews({ until }: RateLimitBlock): boolean {
    return until !== known?.block.until && until !== past
  }
}

function isBlock(stored: unknown): stored is RateLimitBlock {
  const { until, reason } = (stored ?? {}) as Partial<Record<keyof RateLimitBlock, unknown>>
  return Number.isFinite(until) && (reason === 'rate' || reason === 'quota')
}

// It goes on with what this process knows; whatever else needs the store will say that it is away.
function leaveToThisProcess(): undefined {}
