import { setTimeout as sleep } from 'node:timers/promises'
import type { Store } from '../store/store.ts'
import type { Log } from '../log.ts'
import { StartupError } from '../errors.ts'

/** Shards `ids` of `total`. */
export interface Slice {
  readonly ids: readonly number[]
  readonly total: number
}

/** Shards that no other process holds, for as long as `held` says so. */
export interface Shards {
  /** By this process's own clock: one that was stopped for a while knows it before it has asked. */
  held(): boolean
  /** Rejects with StartupError; never resolves. */
  readonly lost: Promise<never>
  /** Lets another process have them at once. */
  release(): Promise<void>
}

type Leases = Pick<Store, 'lease'>
type Lease = NonNullable<Awaited<ReturnType<Leases['lease']>>>

/** By which the shards are held; of milliseconds. */
export interface ShardClock {
  now(): number
  /** Rejects when the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<unknown>
}

const usualClock: ShardClock = {
  now: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
}

/** After this many milliseconds the shards of a process that was killed are free. */
const usualTerm = 15_000

/**
 * Takes the shards, waiting while another process holds one of them, and keeps them with a heartbeat.
 * Rejects with StoreUnavailableError, and when the signal is aborted.
 */
export async function takeShards(
  store: Leases,
  { ids, total }: Slice,
  log: Log,
  signal: AbortSignal,
  term = usualTerm,
  clock = usualClock,
): Promise<Shards> {
  const names = ids.map((id) => `shard.${total}.${id}`)
  // Ours ends before the store's does, whose clock began later.
  const sure = term * 0.8
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  const over = new AbortController()
  let heldUntil = 0
  const leases = await takeAll()
  const beating = keep()

  return {
    held: () => clock.now() < heldUntil,
    lost: lost.promise,
    async release() {
      over.abort()
      await beating
      heldUntil = 0
      await Promise.allSettled([...leases.values()].map((lease) => lease.release()))
    },
  }

  /** All or none, so that two whose slices overlap do not wait for one another. */
  async function takeAll(): Promise<Map<string, Lease>> {
    for (let told = false; ; told = true) {
      const before = clock.now()
      const taken = new Map<string, Lease>()
      for (const name of names) {
        const lease = await store.lease(name, term)
        if (!lease) break
        taken.set(name, lease)
      }
      if (taken.size === names.length) {
        heldUntil = before + sure
        return taken
      }
      await Promise.all([...taken.values()].map((lease) => lease.release()))
      if (!told) log.warn({ shards: ids, total }, 'Another process holds these shards; waiting for it to end')
      await clock.sleep(term / 15, signal)
    }
  }

  async function keep(): Promise<void> {
    while (!over.signal.aborted && clock.now() < heldUntil) {
      await clock.sleep(term / 5, over.signal).catch(() => undefined)
      const before = clock.now()
      const kept = await Promise.all(names.map(renew)).catch(() => undefined)
      if (kept?.every(Boolean)) heldUntil = before + sure
      else if (kept) heldUntil = 0
    }
    if (!over.signal.aborted) lost.reject(new StartupError(lostSentence))
  }

  async function renew(name: string): Promise<boolean> {
    if (await leases.get(name)?.renew(term)) return true
    // A store that came back empty has forgotten us; nobody else has it then.
    const again = await store.lease(name, term)
    if (again) leases.set(name, again)
    return again !== undefined
  }
}

const lostSentence =
  'The store was away for longer than this process may keep its shards, so another one may hold them by now. ' +
  'It stops, so that nobody is answered twice; start it again.'
