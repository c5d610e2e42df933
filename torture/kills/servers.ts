import type { FakeDiscord } from '../../sandbox/discord/discord.ts'
import type { App } from '../../src/context.ts'
import { roundupIdOf, scheduleShape } from '../../src/roundups/schedule.ts'
import { periodBefore, type SchedulePeriod } from '../../src/roundups/schedule-time.ts'
import { patiently } from '../patiently.ts'

type Kind = 'week' | 'month'

interface Scheduled {
  readonly key: string
  readonly channel: string
  readonly every: Kind
  /** Who has begun with it. */
  readonly processes: Set<string>
  /** When a process died last that had begun. */
  diedAt: number | undefined
  doneAt: number | undefined
  /** Up to when posts have shown what was saved, once that is done. */
  coveredUntil: number | null
}

// Of the schedules of one server, which has one to four of them.
const kinds: readonly (readonly Kind[])[] = [['week'], ['week', 'month'], ['month', 'week', 'week', 'month'], ['month']]

/** Servers whose roundups, weekly and monthly ones, are all due at once. */
export function createServers({ store, roundups }: App, discord: FakeDiscord, members: readonly string[]) {
  const schedules: Scheduled[] = []
  let servers = 0
  const times = { week: hourAgo('week'), month: hourAgo('month') }
  const now = Date.now()
  const periods: Record<Kind, SchedulePeriod> = {
    week: periodBefore(now, times.week),
    month: periodBefore(now, times.month),
  }
  const open = () => schedules.filter(({ doneAt }) => doneAt === undefined)
  return { makeDue, opened: () => schedules.length, left: () => open().length, touched, died, look, result }

  /** Makes those of some more servers due. */
  async function makeDue(count: number): Promise<void> {
    for (let number = 0; number < count; number += 1) {
      const id = String(500_000_000_000_000_001n + BigInt(servers) * 2n)
      // One each, so that a process that has died over somebody's token keeps few others waiting.
      const member = members[servers % members.length] ?? ''
      await patiently(() => roundups.join(member, id))
      for (const [index, every] of (kinds[servers % kinds.length] ?? []).entries()) await schedule(id, index, every)
      servers += 1
    }
  }

  async function schedule(server: string, index: number, every: Kind): Promise<void> {
    const channel = discord.channels[schedules.length]?.id
    if (channel === undefined) throw new Error('There are no more channels')
    const key = index === 0 ? server : `${server}.${channel}`
    const dueAt = periods[every].at - 3_600_000 + schedules.length
    const row = scheduleShape.parse({
      ...{ ...times[every], channel, skipEmpty: false, setBy: members[0] ?? null, version: 1 },
      ...{ paused: null, dueAt, posted: null, posting: null, closed: 0 },
    })
    schedules.push({
      key,
      channel,
      every,
      processes: new Set(),
      diedAt: undefined,
      doneAt: undefined,
      coveredUntil: null,
    })
    await patiently(async () => {
      if (key !== server) await store.add(`scheduled.${server}`, channel)
      await store.create('roundups', key, row)
      await store.schedule('roundups', key, dueAt)
    })
  }

  /** Notes which process has to do with a channel. */
  function touched(channel: string, process: string): void {
    schedules.find((one) => one.channel === channel)?.processes.add(process)
  }

  function died(process: string): void {
    for (const one of open()) if (one.processes.has(process)) one.diedAt = Date.now()
  }

  /** Looks which are done with by now. */
  async function look(): Promise<void> {
    const left = open()
    const rows = await Promise.all(left.map(({ key }) => roundups.schedule(key)))
    left.forEach((one, index) => {
      const row = rows[index]
      if (row?.posted !== periods[one.every].label) return
      one.doneAt = Date.now()
      one.coveredUntil = row.coveredUntil
    })
  }

  function result() {
    const posts = schedules.map(({ key, channel, every }) => {
      const messages = discord.messages(channel, members[0] ?? '')
      const id = `invite:${roundupIdOf(key, periods[every].label)}"`
      return messages.filter(({ components }) => JSON.stringify(components).includes(id)).length
    })
    const of = (every: Kind) => {
      const own = posts.filter((_, index) => schedules[index]?.every === every)
      return { periods: own.length, posts: own.reduce((one, other) => one + other, 0) }
    }
    const all = schedules.reduce((sum, { channel }) => sum + discord.messages(channel, members[0] ?? '').length, 0)
    const takeovers = schedules.filter(({ diedAt }) => diedAt !== undefined)
    const takeoverTimes = takeovers.map(({ diedAt = 0, doneAt = Infinity }) => (doneAt - diedAt) / 1000)
    return {
      servers,
      weekly: of('week'),
      monthly: of('month'),
      takeovers: takeovers.length,
      duplicates: posts.reduce((sum, count) => sum + Math.max(0, count - 1), 0),
      missed: posts.filter((count) => count === 0).length,
      /** Posts in these channels that belong to no period that was due there. */
      others: all - posts.reduce((one, other) => one + other, 0),
      /** Periods after which it is not noted that what they show was shown. */
      uncovered: schedules.filter((one) => one.coveredUntil !== periods[one.every].at).length,
      /** Seconds from the last death of a process that had begun until the end. */
      longestTakeover: Math.max(0, ...takeoverTimes),
    }
  }
}

/** The hour that has begun an hour ago, so that no hour begins meanwhile. */
function hourAgo(every: Kind) {
  const time = new Date(Date.now() - 3_600_000)
  return { every, weekday: time.getUTCDay(), hour: time.getUTCHours(), timezone: 'UTC' }
}
