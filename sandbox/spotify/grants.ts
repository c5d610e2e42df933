import { createHash, randomBytes } from 'node:crypto'
import type { AuthorizeRequest } from './authorize-request.ts'
import type { HeldGrant, SpotifyAccount } from './spotify.ts'
import type { Code, Grant, World } from './world.ts'

const codeLifetime = 10 * 60_000

export function issueCode(world: World, account: SpotifyAccount, asking: AuthorizeRequest): string {
  const { clientId, redirectUri, challenge } = asking
  const grant = { account, clientId, scopes: asking.scopes, consentAt: world.now(), revoked: false, tokens: [] }
  const code = secret('AQ')
  world.codes.set(code, { grant, redirectUri, challenge, expiresAt: world.now() + codeLifetime })
  return code
}

/** Whether this person has agreed to all of that before, and still does. */
export function hasAgreed(world: World, account: SpotifyAccount, { clientId, scopes }: AuthorizeRequest): boolean {
  return world.grants.some(
    (grant) =>
      grant.account === account &&
      grant.clientId === clientId &&
      !grant.revoked &&
      world.now() < consentEnd(grant) &&
      scopes.every((scope) => grant.scopes.includes(scope)),
  )
}

/** A code is gone with the first try, good or bad. */
export function takeCode(world: World, code: string): Code | undefined {
  const found = world.codes.get(code)
  world.codes.delete(code)
  return found
}

export function matchesChallenge(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier
  return /^[\w.~-]{43,128}$/.test(verifier) && createHash('sha256').update(verifier).digest('base64url') === challenge
}

export function issueAccessToken(world: World, grant: Grant): string {
  const token = secret('BQ')
  world.accessTokens.set(token, { grant, expiresAt: world.now() + world.accessLifetime * 1000 })
  return token
}

export function issueRefreshToken(world: World, grant: Grant): string {
  const token = secret('AQ')
  grant.tokens.push(token)
  world.refreshTokens.set(token, grant)
  return token
}

/** Those before the one that is used, and that one unless it stays. */
export function endRefreshTokens(world: World, grant: Grant, used: string, stays: boolean): void {
  const ended = grant.tokens.indexOf(used) + (stays ? 0 : 1)
  for (const token of grant.tokens.splice(0, ended)) world.refreshTokens.delete(token)
}

export function heldGrants(world: World): HeldGrant[] {
  return [...world.refreshTokens]
    .filter(([, grant]) => !grant.revoked)
    .map(([refreshToken, { account, clientId, scopes, consentAt }]) => {
      return { refreshToken, accountId: account.id, clientId, scopes, consentAt }
    })
}

export function adoptGrant(world: World, account: SpotifyAccount, held: HeldGrant): void {
  const { clientId, scopes, consentAt, refreshToken } = held
  const grant = { account, clientId, scopes, consentAt, revoked: false, tokens: [refreshToken] }
  world.grants.push(grant)
  world.refreshTokens.set(refreshToken, grant)
}

/** Six months after the person agreed; refreshing does not move it. */
export function consentEnd(grant: Grant): number {
  const end = new Date(grant.consentAt)
  return end.setUTCMonth(end.getUTCMonth() + 6)
}

function secret(prefix: string): string {
  return prefix + randomBytes(48).toString('base64url')
}
