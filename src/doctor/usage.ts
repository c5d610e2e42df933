import type { Config } from '../config.ts'
import { sha256 } from '../crypto.ts'
import { storedUsage } from '../spotify/rate-limit/day-usage.ts'
import type { Store } from '../store/store.ts'
import { note, ok, type Finding } from './finding.ts'

/** How much of its day the operator's app has used, as the store knows it. */
export async function checkUsage({ spotify }: Config, store: Pick<Store, 'get' | 'meter'>): Promise<Finding> {
  const about = 'Spotify requests'
  const { used, by, limit, kind } = await storedUsage(store, sha256(spotify.clientId), spotify.dailyRequests)
  const parts = `${by.page} for pages, ${by.library} for whole libraries, ${by.roundup} for roundups, ${by.account} for accounts`
  const says = `${used} of ${limit} in the last 24 hours (${parts}). ${origins[kind]}`
  if (used < (limit * 3) / 4) return ok(about, says)
  const advice =
    'Three quarters are used, so no whole library is read until it is less. Let people with large libraries link through a Spotify app of their own; if yours may ask for more, say so with SPOTIFY_DAILY_REQUESTS.'
  return note(about, `${says} ${advice}`)
}

const origins = {
  set: 'The limit is SPOTIFY_DAILY_REQUESTS.',
  learned: 'The limit was learned when Spotify refused more.',
  assumed: 'The limit is assumed: Spotify names none.',
}
