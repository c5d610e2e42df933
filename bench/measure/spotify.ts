import type { Count, Order } from '../servers/spotify.ts'
import { start } from './process.ts'

/** Where a measured Spotify is. */
export interface SpotifyAddress {
  readonly apiUrl: string
  readonly accountsUrl: string
}

export interface MeasuredSpotify extends SpotifyAddress {
  /** Gives an order, and what was counted since the one before. */
  order(order: Order): Promise<Count>
  stop(): Promise<void>
}

/** A Spotify in a process of its own. */
export async function startSpotify(delay = 0): Promise<MeasuredSpotify> {
  const running = start('bench/servers/spotify.ts')
  const address = await running.ask<SpotifyAddress>()
  const order = (what: Order): Promise<Count> => running.ask<Count>(what)
  await order({ order: 'settings', delay })
  return { ...address, order, stop: running.stop }
}
