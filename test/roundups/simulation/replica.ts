import { createRoundups, type Publisher, type Roundups } from '../../../src/roundups/roundups.ts'
import { every } from '../../../src/roundups/worker.ts'
import type { Lease, Store } from '../../../src/store/store.ts'
import type { Accounts } from '../../../src/accounts/accounts.ts'
import type { Library } from '../../../src/library/library.ts'
import { testCrypto } from '../roundups-fixture.ts'
import type { Kind, Process, Simulation } from './simulation.ts'

export interface Replica extends Process {
  readonly roundups: Roundups
  /** What it reported and did not expect to be asked about. */
  readonly outcomes: Record<string, number>
}

const tick = 5_000

/** A process of the program over what all of them share; it begins at once to look for what is due. */
export function startReplica(
  simulation: Simulation,
  shared: { readonly store: Store; readonly publisher: Publisher; readonly library: Pick<Library, 'since'> },
  outcomes: Record<string, number>,
): Replica {
  const process: Process = { alive: true, frozenUntil: 0, offset: 0 }
  const through =
    (kind: Kind) =>
    <T>(effect: () => Promise<T>) =>
      simulation.step(process, kind, effect)
  const { library } = shared
  const roundups = createRoundups(
    storeThrough(shared.store, through),
    { since: (person, time) => through('songs')(() => library.since(person, time)) },
    { get: async () => undefined } as unknown as Pick<Accounts, 'get'>,
    publisherThrough(shared.publisher, through('chat')),
    testCrypto,
    () => simulation.now() + process.offset,
  )
  const report = (_server: string, outcome: string | Error): void => {
    const name = outcome instanceof Error ? 'failed' : outcome
    outcomes[name] = (outcomes[name] ?? 0) + 1
  }
  const { signal } = new AbortController()
  const options = { signal, failed: () => undefined }
  void every(tick, () => roundups.deliverDue(report, signal), options)
  void every(tick, () => roundups.runRemovals(signal), options)
  return Object.assign(process, { roundups, outcomes })
}

export type Through = <T>(effect: () => Promise<T>) => Promise<T>

export function storeThrough(store: Store, through: (kind: Kind) => Through): Store {
  const step = through('store')
  const poll = through('poll')
  return {
    get: (...of) => step(() => store.get(...of)),
    set: (...of) => step(() => store.set(...of)),
    create: (...of) => step(() => store.create(...of)),
    delete: (...of) => step(() => store.delete(...of)),
    compareAndSet: (...of) => step(() => store.compareAndSet(...of)),
    deleteIfVersion: (...of) => step(() => store.deleteIfVersion(...of)),
    add: (...of) => step(() => store.add(...of)),
    remove: (...of) => step(() => store.remove(...of)),
    members: (...of) => step(() => store.members(...of)),
    schedule: (...of) => step(() => store.schedule(...of)),
    unschedule: (...of) => step(() => store.unschedule(...of)),
    due: (...of) => poll(() => store.due(...of)),
    async lease(...of) {
      const lease = await step(() => store.lease(...of))
      return lease && leaseThrough(lease, step)
    },
    keys: (kind) => store.keys(kind),
    getBytes: (...of) => step(() => store.getBytes(...of)),
    setBytes: (...of) => step(() => store.setBytes(...of)),
    touchBytes: (...of) => step(() => store.touchBytes(...of)),
    deleteBytes: (...of) => step(() => store.deleteBytes(...of)),
    statBytes: (...of) => step(() => store.statBytes(...of)),
    meter: (...of) => step(() => store.meter(...of)),
    check: () => store.check(),
    close: () => store.close(),
  }
}

function leaseThrough(lease: Lease, step: Through): Lease {
  return { renew: (ttl) => step(() => lease.renew(ttl)), release: () => step(() => lease.release()) }
}

function publisherThrough(publisher: Publisher, step: Through): Publisher {
  const quietly = (effect: () => Promise<void>): Promise<void> => step(effect).catch(() => undefined)
  return {
    newest: (...of) => step(() => publisher.newest(...of)),
    post: (...of) => step(() => publisher.post(...of)),
    find: (...of) => step(() => publisher.find(...of)),
    update: (...of) => step(() => publisher.update(...of)),
    setArchived: (...of) => step(() => publisher.setArchived(...of)),
    remove: (...of) => quietly(() => publisher.remove(...of)),
    notify: (...of) => step(() => publisher.notify(...of)),
  }
}
