import type { Order } from '../servers/discord.ts'
import { start } from './process.ts'

export interface MeasuredDiscord {
  readonly apiUrl: string
  order<Told>(order: Order): Promise<Told>
  stop(): Promise<void>
}

/** A Discord in a process of its own. */
export async function startDiscord(): Promise<MeasuredDiscord> {
  const running = start('bench/servers/discord.ts')
  const { apiUrl } = await running.ask<{ apiUrl: string }>()
  return { apiUrl, order: (order) => running.ask(order), stop: running.stop }
}
