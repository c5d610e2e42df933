import { start } from './process.ts'
import type { Count, Order } from './servers/spotify.ts'

/** Where a measured Spotify is. */
export interface SpotifyAddress {
  readonly apiUrl: string
  readonly accountsUrl: string
}

/** A Spotify in a process of its own. */
export async function startSpotify(delay = 0) {
  const running = start('bench/servers/spotify.ts')
  const address = await running.ask<SpotifyAddress>()
  await orderSpotify(address, { delay })
  return { address, order: (order: Order = {}) => orderSpotify(address, order), stop: running.stop }
}

/** Gives an order, and returns what was counted since the one before. */
export async function orderSpotify({ accountsUrl }: SpotifyAddress, order: Order = {}): Promise<Count> {
  const answer = await fetch(`${accountsUrl}/order`, { method: 'POST', body: JSON.stringify(order) })
  return (await answer.json()) as Count
}
