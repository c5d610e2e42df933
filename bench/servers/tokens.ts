/** Tokens of the measured Spotify: every refresh token is good once, as with rotation. */
export function createTokens() {
  const access = new Map<string, string>()
  const refreshes = new Map<string, string>()
  let serial = 0

  const begin = (account: string) => {
    serial += 1
    access.set(`access-${serial}`, account)
    refreshes.set(`refresh-${serial}`, account)
    return {
      access_token: `access-${serial}`,
      token_type: 'Bearer',
      expires_in: 3600,
      refresh_token: `refresh-${serial}`,
      scope: 'user-library-read',
    }
  }
  return {
    begin,
    accountOf: (token: string) => access.get(token),
    refresh(token: string) {
      const account = refreshes.get(token)
      refreshes.delete(token)
      return account === undefined ? undefined : begin(account)
    },
    /** Access tokens so far are refused. */
    expire: () => access.clear(),
  }
}
