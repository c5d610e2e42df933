import type { Request, RequestHandler } from 'express'
import { apiError, tooMany, unauthorized } from './refusals.ts'
import type { World } from './world.ts'

const day = 24 * 60 * 60_000
const notRegistered = 'Check settings on developer.spotify.com/dashboard, the user may not be registered.'

export function makeTrouble(world: World): RequestHandler {
  return (_request, response, next) => {
    const { trouble } = world.switches
    switch (trouble.kind) {
      case 'none':
      case 'slow':
      case 'held':
      case 'dripping':
      case 'lying':
      case 'no-page':
      case 'broken-pages':
      case 'wrong-total':
      case 'short-pages':
        return next()
      case 'unauthorized':
        return unauthorized(response, 'The access token expired')
      case 'not-allowed':
        return apiError(response, 403, notRegistered)
      case 'no-premium':
        return apiError(response, 403, 'Active premium subscription required for the owner of the app.')
      case 'server-error':
        return apiError(response, 500, 'Internal server error')
      case 'rate-limited':
        return tooMany(response, trouble.retryAfter, 'API rate limit exceeded')
      case 'quota':
        return tooMany(response, trouble.retryAfter, 'Too many requests', 'QUOTA_EXCEEDED')
    }
  }
}

export function authenticate(world: World): RequestHandler {
  return (request, response, next) => {
    const header = request.get('authorization')
    if (!header) return unauthorized(response, 'No token provided')
    const [, token] = /^Bearer +(\S+)$/i.exec(header) ?? []
    if (!token) return apiError(response, 400, 'Only valid bearer authentication supported')
    const known = world.accessTokens.get(token)
    if (!known) return unauthorized(response, 'Invalid access token')
    const record = world.recordOf.get(request)
    if (record) record.accountId = known.grant.account.id
    if (known.expiresAt <= world.now()) return unauthorized(response, 'The access token expired')
    world.grantOf.set(request, known.grant)
    return next()
  }
}

/**
 * Counts a request when it arrives, whatever becomes of it, towards the rolling window of its app and the rolling day of
 * the app's owner, whose apps share one. Requests that are refused count too: going on makes it longer.
 */
export function countRequest(world: World): RequestHandler {
  return (request, _response, next) => {
    const [, token = ''] = /^Bearer +(\S+)$/i.exec(request.get('authorization') ?? '') ?? []
    const clientId = world.accessTokens.get(token)?.grant.clientId
    if (clientId === undefined) return next()
    const { windowLimit, windowMilliseconds, dailyLimit } = world.limits
    const owner = world.switches.owners[clientId] ?? clientId
    const longer = waitFor(world, `owner ${owner}`, dailyLimit, day)
    const wait = waitFor(world, `app ${clientId}`, windowLimit, windowMilliseconds)
    if (longer > 0) world.overdrawn.set(request, { wait: longer, reason: 'QUOTA_EXCEEDED' })
    else if (wait > 0) world.overdrawn.set(request, { wait })
    next()
  }
}

/** For how long a request of now comes too early; 0 when it does not. */
function waitFor(world: World, who: string, limit: number, span: number): number {
  if (limit === Infinity) return 0
  const now = world.now()
  const recent = [...(world.asked.get(who) ?? []).filter((at) => at > now - span), now]
  world.asked.set(who, recent)
  return recent.length > limit ? (recent.at(-limit) ?? now) + span - now : 0
}

/** Refuses what came too early for its app. */
export function keepLimits(world: World): RequestHandler {
  return (request, response, next) => {
    const overdrawn = world.overdrawn.get(request)
    if (!overdrawn) return next()
    const { wait, reason } = overdrawn
    const message = reason ? 'Too many requests' : 'API rate limit exceeded'
    // With a fraction, as Spotify does: "299.997" has been seen.
    return tooMany(response, Math.ceil(wait) / 1000, message, reason)
  }
}

/** Only people on the list of this app get answers, others a plain text. Somebody who brings an app is on its list. */
export function keepAllowList(world: World): RequestHandler {
  return (request, response, next) => {
    const grant = world.grantOf.get(request)
    if (grant && (grant.account.allowed || grant.clientId !== world.credentials.clientId)) return next()
    response.status(403).type('text/plain').send(notRegistered)
  }
}

export function needsScope(world: World, scope: string): RequestHandler {
  return (request, response, next) => {
    if (hasScope(world, request, scope)) return next()
    return apiError(response, 403, 'Insufficient client scope')
  }
}

export function hasScope(world: World, request: Request, scope: string): boolean {
  return world.grantOf.get(request)?.scopes.includes(scope) ?? false
}
