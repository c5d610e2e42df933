import type { Config } from '../config.ts'
import { holdLease, type LeaseClock } from '../store/held-lease.ts'
import type { Store } from '../store/store.ts'
import type { Log } from '../log.ts'
import { StartupError } from '../errors.ts'

/** Shards that no other process holds, for as long as `isHeld` says so. `lost` rejects with StartupError, or stays open. */
export type Shards = Awaited<ReturnType<typeof takeShards>>

/**
 * Takes the shards `ids` of `total`, waiting while another process holds one of them, and keeps them with a heartbeat.
 * Rejects with StoreUnavailableError, and when the signal is aborted.
 * @param term after this many milliseconds the shards of a process that was killed are free
 */
export async function takeShards(
  store: Pick<Store, 'lease'>,
  { ids, total }: NonNullable<Config['discord']['shards']>,
  log: Log,
  signal: AbortSignal,
  term = 15_000,
  clock?: Partial<LeaseClock>,
) {
  const names = ids.map((id) => `shard.${total}.${id}`)
  const lease = await holdLease(store, names, term, {
    patience: signal,
    pause: term / 15,
    waiting: () => log.warn({ shards: ids, total }, 'Another process holds these shards; waiting for it to end'),
    // Over here before it is over in the store, whose clock began later.
    margin: term / 5,
    // A store that came back empty has forgotten us, and then nobody else has them.
    retake: true,
    clock,
  })
  // The wait ends with a lease or with the signal.
  if (!lease) throw signal.reason
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => undefined)
  lease.signal.addEventListener('abort', () => lost.reject(new StartupError(lostSentence)))
  return { ...lease, lost: lost.promise }
}

const lostSentence =
  'The store was away for longer than this process may keep its shards, so another one may hold them by now. ' +
  'It stops, so that nobody is answered twice; start it again.'
