import { setTimeout as sleep } from 'node:timers/promises'
import type { FakeDiscord, Message } from '../sandbox/discord/discord.ts'
import type { App } from '../src/context.ts'
import { periodBefore } from '../src/roundups/schedule-time.ts'
import { StoreUnavailableError, type Store } from '../src/store/store.ts'

/** Servers of which each has one roundup, which is due at once. */
export interface Servers {
  /** Makes some more due. */
  open(count: number): Promise<void>
  /** How many have been made due, and how many are not done with yet. */
  opened(): number
  left(): number
  /** Notes which process has to do with a channel. */
  touched(channel: string, process: string): void
  died(process: string): void
  /** Looks which are done with by now. */
  look(): Promise<void>
  judge(): Result
}

interface Result {
  readonly periods: number
  readonly posts: number
  readonly takeovers: number
  readonly duplicates: number
  readonly missed: number
  /** From the last death of a process that had begun until the end, in seconds. */
  readonly 'longest takeover': number
}

interface Server {
  readonly id: string
  readonly channel: string
  readonly label: string
  /** Who has begun with it. */
  readonly processes: Set<string>
  /** When a process died last that had begun. */
  diedAt: number | undefined
  doneAt: number | undefined
}

export function createServers(store: Store, app: App, discord: FakeDiscord, members: readonly string[]): Servers {
  const servers: Server[] = []
  const byChannel = new Map<string, Server>()
  const weekly = hourAgo()
  const period = periodBefore(Date.now(), weekly)
  const row = {
    ...{ ...weekly, skipEmpty: false, setBy: members[0] ?? null, version: 1 },
    ...{ paused: null, posted: null, posting: null, closed: 0 },
  }

  return {
    async open(count) {
      for (const { id: channel } of discord.channels.slice(servers.length, servers.length + count)) {
        const id = String(BigInt(channel) + 1n)
        const server = { id, channel, label: period.label, processes: new Set<string>() }
        const dueAt = period.at - 3_600_000 + servers.length
        servers.push({ ...server, diedAt: undefined, doneAt: undefined })
        byChannel.set(channel, servers.at(-1) as Server)
        await patiently(async () => {
          // One each, so that a process that has died over somebody's token keeps few others waiting.
          await app.roundups.join(members[servers.length % members.length] ?? '', id)
          await store.create('roundups', id, { ...row, channel, dueAt })
          await store.schedule('roundups', id, dueAt)
        })
      }
    },
    opened: () => servers.length,
    left: () => servers.filter(({ doneAt }) => doneAt === undefined).length,
    touched: (channel, process) => void byChannel.get(channel)?.processes.add(process),
    died(process) {
      for (const server of servers)
        if (server.doneAt === undefined && server.processes.has(process)) server.diedAt = Date.now()
    },
    async look() {
      const open = servers.filter(({ doneAt }) => doneAt === undefined)
      const rows = await Promise.all(open.map(({ id }) => app.roundups.schedule(id)))
      open.forEach((server, index) => {
        if (rows[index]?.posted === server.label) server.doneAt = Date.now()
      })
    },
    judge() {
      const posts = servers.map((server) => postsFor(server, discord.messages(server.channel, members[0] ?? '')))
      const takeovers = servers.filter(({ diedAt }) => diedAt !== undefined)
      const times = takeovers.map(({ diedAt = 0, doneAt = Infinity }) => doneAt - diedAt)
      return {
        periods: servers.length,
        posts: posts.reduce((a, b) => a + b, 0),
        takeovers: takeovers.length,
        duplicates: posts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
        missed: posts.filter((count) => count === 0).length,
        'longest takeover': Math.round(Math.max(0, ...times) / 1000),
      }
    },
  }
}

/** Again, while the store is away; some of it may have been done. */
async function patiently(work: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
      await sleep(200)
    }
  }
}

function postsFor({ id, label }: Server, messages: readonly Message[]): number {
  return messages.filter((message) => JSON.stringify(message.components).includes(`invite:${label}-${id}`)).length
}

/** The hour that has begun an hour ago, so that no hour begins meanwhile. */
function hourAgo() {
  const time = new Date(Date.now() - 3_600_000)
  return { weekday: time.getUTCDay(), hour: time.getUTCHours(), timezone: 'UTC' }
}
