import { randomBytes } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import { identifyClient } from './clients.ts'
import {
  consentEnd,
  endRefreshTokens,
  issueAccessToken,
  issueRefreshToken,
  matchesChallenge,
  takeCode,
} from './grants.ts'
import { tokenError } from './refusals.ts'
import type { Grant, World } from './world.ts'

type Fields = Readonly<Record<string, string>>
type Exchange = { readonly grant: Grant; readonly refreshToken?: string }
type Refused = { readonly error: string; readonly because: string }

/** POST /api/token: codes and refresh tokens for access tokens. */
export function tokenEndpoint(world: World): RequestHandler {
  return (request, response) => {
    const fields: Fields = request.body ?? {}
    response.set({ 'Cache-Control': 'no-store', Pragma: 'no-cache' })
    const repeated = Object.keys(fields).find((name) => typeof fields[name] !== 'string')
    if (repeated) return tokenError(response, 'invalid_request', `${repeated} must be given once`)
    const client = identifyClient(world, request.get('authorization'), fields)
    if ('error' in client) return tokenError(response, client.error, client.because)

    if (fields.grant_type === 'client_credentials') return forItself(response, client.id, world)
    const outcome = exchange(world, client.id, fields)
    if ('error' in outcome) return tokenError(response, outcome.error, outcome.because)
    const { grant, refreshToken } = outcome
    const record = world.recordOf.get(request)
    if (record) record.accountId = grant.account.id
    response.json({
      access_token: issueAccessToken(world, grant),
      token_type: 'Bearer',
      expires_in: world.accessLifetime,
      ...(refreshToken && { refresh_token: refreshToken }),
      scope: grant.scopes.join(' '),
    })
  }
}

/** The app itself, for nobody: such a token opens nothing of a person's. */
function forItself(response: Response, clientId: string, world: World): void {
  if (clientId !== world.credentials.clientId) return tokenError(response, 'invalid_client', 'Invalid client secret')
  response.json({
    access_token: randomBytes(48).toString('base64url'),
    token_type: 'Bearer',
    expires_in: world.accessLifetime,
  })
}

function exchange(world: World, clientId: string, fields: Fields): Exchange | Refused {
  const kind = fields.grant_type
  if (kind === 'authorization_code') return redeem(world, clientId, fields)
  if (kind === 'refresh_token') return refresh(world, clientId, fields)
  const wanted = 'grant_type must be authorization_code or refresh_token'
  return { error: 'unsupported_grant_type', because: kind ? wanted : 'grant_type parameter is missing' }
}

function redeem(world: World, clientId: string, fields: Fields): Exchange | Refused {
  if (!fields.code) return { error: 'invalid_request', because: 'code must be supplied' }
  if (!fields.redirect_uri) return { error: 'invalid_request', because: 'redirect_uri must be supplied' }
  const code = takeCode(world, fields.code)
  if (!code || code.grant.clientId !== clientId) return invalidGrant('Invalid authorization code')
  if (code.expiresAt <= world.now()) return invalidGrant('Authorization code expired')
  if (code.redirectUri !== fields.redirect_uri) return invalidGrant('Invalid redirect URI')
  if (!matchesChallenge(code.challenge, fields.code_verifier)) return invalidGrant('code_verifier was incorrect')
  world.grants.push(code.grant)
  return { grant: code.grant, refreshToken: issueRefreshToken(world, code.grant) }
}

function refresh(world: World, clientId: string, fields: Fields): Exchange | Refused {
  const token = fields.refresh_token
  if (!token) return { error: 'invalid_request', because: 'refresh_token must be supplied' }
  const grant = world.refreshTokens.get(token)
  if (!grant || grant.clientId !== clientId) return invalidGrant('Invalid refresh token')
  if (grant.revoked) return invalidGrant('Refresh token revoked')
  if (consentEnd(grant) <= world.now()) return invalidGrant('Refresh token expired')
  const { rotation } = world.switches
  if (!rotation) return { grant }
  endRefreshTokens(world, grant, token, rotation === 'lenient')
  return { grant, refreshToken: issueRefreshToken(world, grant) }
}

function invalidGrant(because: string): Refused {
  return { error: 'invalid_grant', because }
}
