import { start, type Running } from './process.ts'
import type { Order, Servers } from './servers/discord.ts'

export type MeasuredDiscord = Awaited<ReturnType<typeof startDiscord>>

/** A Discord in a process of its own. */
export async function startDiscord() {
  const running = start('bench/servers/discord.ts')
  const { apiUrl } = await running.ask<{ apiUrl: string }>()
  return { apiUrl, order, withBot, stop: running.stop }

  function order<Told>(order: Order): Promise<Told> {
    return running.ask<Told>(order)
  }

  /** Begins a bot in so many servers, does something with it once it has answered for the first time, and ends it. */
  async function withBot<Result>(
    begin: () => Running,
    work: (bot: Running, answeredAt: number) => Promise<Result> | Result,
    servers: Servers = { count: 1, channels: 0, roles: 0 },
  ): Promise<Result> {
    await order({ order: 'servers', ...servers })
    const bot = begin()
    try {
      const { at } = await order<{ at: number }>({ order: 'firstAnswer' })
      return await work(bot, at)
    } finally {
      await bot.stop()
    }
  }
}

/** discord.js as it comes. */
export function startPeer(
  { apiUrl }: MeasuredDiscord,
  settings: { readonly servers?: boolean; readonly page?: object } = {},
): Running {
  return start('bench/competitors/discord-js.js', { args: [JSON.stringify({ apiUrl, ...settings })] })
}
