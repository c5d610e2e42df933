import type { FakeDiscord } from '../../sandbox/discord/discord.ts'
import type { App } from '../../src/context.ts'
import { periodBefore } from '../../src/roundups/schedule-time.ts'
import { patiently } from '../patiently.ts'

interface Server {
  readonly id: string
  readonly channel: string
  /** Who has begun with it. */
  readonly processes: Set<string>
  /** When a process died last that had begun. */
  diedAt: number | undefined
  doneAt: number | undefined
}

/** Servers of which each has one roundup, weekly or monthly, which is due at once. */
export function createServers({ store, roundups }: App, discord: FakeDiscord, members: readonly string[]) {
  const servers: Server[] = []
  const time = hourAgo()
  const kinds = (['week', 'month'] as const).map((every) => ({
    every,
    ...periodBefore(Date.now(), { ...time, every }),
  }))
  const kindOf = (index: number) => kinds[index % kinds.length] ?? { every: 'week', label: '', at: 0 }
  const row = {
    ...{ ...time, skipEmpty: false, setBy: members[0] ?? null, version: 1 },
    ...{ paused: null, posted: null, posting: null, closed: 0 },
  }
  const open = () => servers.filter(({ doneAt }) => doneAt === undefined)
  return { makeDue, opened: () => servers.length, left: () => open().length, touched, died, look, result }

  /** Makes some more due. */
  async function makeDue(count: number): Promise<void> {
    for (const { id: channel } of discord.channels.slice(servers.length, servers.length + count)) {
      const id = String(BigInt(channel) + 1n)
      const { every, at } = kindOf(servers.length)
      const dueAt = at - 3_600_000 + servers.length
      servers.push({ id, channel, processes: new Set(), diedAt: undefined, doneAt: undefined })
      await patiently(async () => {
        // One each, so that a process that has died over somebody's token keeps few others waiting.
        await roundups.join(members[servers.length % members.length] ?? '', id)
        await store.create('roundups', id, { ...row, every, channel, dueAt })
        await store.schedule('roundups', id, dueAt)
      })
    }
  }

  /** Notes which process has to do with a channel. */
  function touched(channel: string, process: string): void {
    servers.find((server) => server.channel === channel)?.processes.add(process)
  }

  function died(process: string): void {
    for (const server of open()) if (server.processes.has(process)) server.diedAt = Date.now()
  }

  /** Looks which are done with by now. */
  async function look(): Promise<void> {
    const left = open()
    const rows = await Promise.all(left.map(({ id }) => roundups.schedule(id)))
    left.forEach((server, index) => {
      if (rows[index]?.posted === kindOf(servers.indexOf(server)).label) server.doneAt = Date.now()
    })
  }

  function result() {
    const posts = servers.map(({ id, channel }, index) => {
      const { label } = kindOf(index)
      const messages = discord.messages(channel, members[0] ?? '')
      return messages.filter(({ components }) => JSON.stringify(components).includes(`invite:${label}-${id}`)).length
    })
    const takeovers = servers.filter(({ diedAt }) => diedAt !== undefined)
    const times = takeovers.map(({ diedAt = 0, doneAt = Infinity }) => (doneAt - diedAt) / 1000)
    return {
      periods: servers.length,
      'of them monthly': servers.filter((_, index) => kindOf(index).every === 'month').length,
      posts: posts.reduce((one, other) => one + other, 0),
      takeovers: takeovers.length,
      duplicates: posts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      missed: posts.filter((count) => count === 0).length,
      /** Seconds from the last death of a process that had begun until the end. */
      longestTakeover: Math.max(0, ...times),
    }
  }
}

/** The hour that has begun an hour ago, so that no hour begins meanwhile. */
function hourAgo() {
  const time = new Date(Date.now() - 3_600_000)
  return { weekday: time.getUTCDay(), hour: time.getUTCHours(), timezone: 'UTC' }
}
