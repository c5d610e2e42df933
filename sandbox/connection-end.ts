import type { FakeSpotify } from './spotify/spotify.ts'

const day = 24 * 60 * 60 * 1000

/** When 14 or 2 days are left of what an account has agreed to last, in milliseconds. @throws Error with a sentence to show */
export function momentBeforeEnd(spotify: Pick<FakeSpotify, 'grants'>, accountId: string | undefined, now: number) {
  const grants = spotify.grants().filter((grant) => grant.accountId === accountId)
  if (grants.length === 0) throw new Error('You are not linked yet: use /link first.')
  const end = new Date(Math.max(...grants.map(({ consentAt }) => consentAt)))
  end.setUTCMonth(end.getUTCMonth() + 6)
  // A minute later: Hearsay may have made its note a moment after Spotify.
  const moments = [14, 2].map((days) => end.getTime() - days * day + 60_000)
  const next = moments.find((moment) => moment > now)
  if (next === undefined)
    throw new Error('Less than two days are left of your connection: the times of both messages have passed.')
  return next
}
