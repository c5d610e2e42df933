import type { Store } from '../store/store.ts'

const index = 'removal-news'
const halfYear = 183 * 24 * 60 * 60 * 1000
const leaseTime = 60_000
const most = 10_000
// Names of servers are long, and a message is not.
const toldAtOnce = 10

/**
 * Whom managers have removed from roundups, until they are told. Who waits is in memory, so that nobody else's command
 * asks the store for it. It is kept in a due index alone, by its end, since a full store takes that too.
 */
export function createRemovalNews(store: Store, now: () => number) {
  let waiting: ReadonlySet<string> = new Set()

  return {
    async add(person: string, server: string): Promise<void> {
      await store.schedule(index, `${person}.${server}`, now() + halfYear)
      waiting = new Set([...waiting, person])
    },
    /** Learns what other processes have noted. */
    async refresh(): Promise<void> {
      for (const old of await store.due(index, now(), most)) await store.unschedule(index, old)
      waiting = new Set((await noted()).map(([person = '']) => person))
    },
    /** By what this process knows. */
    isWaiting: (person: string) => waiting.has(person),
    serversOf,
    /**
     * Has them told in which of these servers they were removed, of ten at once: each time once, whatever process does
     * it, and again where that fails. Those in which they still are, or are again, are not spoken of.
     */
    async tell(
      person: string,
      staysIn: (server: string) => Promise<boolean>,
      send: (servers: readonly string[]) => Promise<unknown>,
    ): Promise<void> {
      const lease = await store.lease(`${index}.${person}`, leaseTime)
      if (!lease) return
      try {
        const out: string[] = []
        for (const server of await serversOf(person)) if (!(await staysIn(server))) out.push(server)
        const told = out.slice(0, toldAtOnce)
        if (told.length > 0) await send(told)
        await forget(person, told)
        if (told.length === out.length) waiting = waiting.difference(new Set([person]))
      } finally {
        await lease.release()
      }
    },
    forget,
    async forgetAll(person: string): Promise<void> {
      await forget(person, await serversOf(person))
      waiting = waiting.difference(new Set([person]))
    },
  }

  async function serversOf(person: string): Promise<string[]> {
    return (await noted()).flatMap(([one, server = '']) => (one === person ? server : []))
  }

  async function forget(person: string, servers: readonly string[]): Promise<void> {
    for (const server of servers) await store.unschedule(index, `${person}.${server}`)
  }

  /** Pairs of person and server. */
  async function noted(): Promise<string[][]> {
    return (await store.due(index, Number.MAX_SAFE_INTEGER, most)).map((member) => member.split('.'))
  }
}
