import type { Config } from '../config.ts'
import { sha256 } from '../crypto.ts'
import { storedUsage } from '../spotify/rate-limit/day-usage.ts'
import { readingShare } from '../spotify/rate-limit/reading-budget.ts'
import type { Store } from '../store/store.ts'
import { note, ok, type Finding } from './finding.ts'

/** How much of its day the operator's app has used, as the store knows it. */
export async function checkUsage({ spotify }: Config, store: Pick<Store, 'get' | 'meter'>): Promise<Finding> {
  const about = 'Spotify requests'
  const { used, answered, by, limit, kind } = await storedUsage(store, sha256(spotify.clientId), spotify.dailyRequests)
  const parts = `${by.page} for pages, ${by.library} for whole libraries, ${by.roundup} for roundups, ${by.account} for accounts`
  const says = `${used} of ${limit} in the last 24 hours (${parts}). ${origins[kind]}`
  if (kind === 'assumed' && answered > limit) return note(about, `${says} ${more}`)
  if (used < limit * readingShare) return ok(about, says)
  const advice =
    'Three quarters are used, so no whole library is read until it is less. Let people with large libraries link through a Spotify app of their own; if yours may ask for more, say so with SPOTIFY_DAILY_REQUESTS.'
  return note(about, `${says} ${advice}`)
}

const more =
  'Spotify has answered more than that, so your app may ask for more: set SPOTIFY_DAILY_REQUESTS to a number that it has been answered, and whole libraries are read up to three quarters of it.'

const origins = {
  set: 'The limit is SPOTIFY_DAILY_REQUESTS.',
  learned: 'The limit was learned when Spotify refused more.',
  assumed: 'The limit is assumed: Spotify names none.',
}
