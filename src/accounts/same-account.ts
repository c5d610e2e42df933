interface Account {
  readonly spotifyId: string
  readonly accountId?: string
}

/** Spotify has sent `account_id` since May 2026, and not always: the same person by either is the same account. */
export function isSameAccount(one: Account, other: Account): boolean {
  if (one === other) return true
  if (one.accountId !== undefined && other.accountId !== undefined) return one.accountId === other.accountId
  const ids = [other.spotifyId, other.accountId]
  return ids.includes(one.spotifyId) || (one.accountId !== undefined && ids.includes(one.accountId))
}
