import type { RequestHandler } from 'express'
import { apiError, tooMany, unauthorized } from './refusals.ts'
import type { World } from './world.ts'

const windowMilliseconds = 30_000
const notRegistered = 'Check settings on developer.spotify.com/dashboard, the user may not be registered.'

export function makeTrouble(world: World): RequestHandler {
  return (_request, response, next) => {
    const { trouble } = world.switches
    switch (trouble.kind) {
      case 'none':
      case 'slow':
      case 'dripping':
      case 'lying':
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

/** The rolling window of one app. Requests that were refused count too: going on makes it longer. */
export function keepWindow(world: World): RequestHandler {
  return (request, response, next) => {
    const clientId = world.grantOf.get(request)?.clientId ?? ''
    const now = world.now()
    const recent = (world.asked.get(clientId) ?? []).filter((at) => at > now - windowMilliseconds)
    recent.push(now)
    world.asked.set(clientId, recent)
    const inTheWay = recent[recent.length - 1 - world.windowLimit]
    if (inTheWay === undefined) return next()
    const last = recent[recent.length - world.windowLimit] ?? now
    return tooMany(response, Math.ceil((last + windowMilliseconds - now) / 1000), 'API rate limit exceeded')
  }
}

/** Only people on the list of this app get answers, others a plain text. Whoever brings an app stands on its list. */
export function keepAllowList(world: World): RequestHandler {
  return (request, response, next) => {
    const grant = world.grantOf.get(request)
    if (grant && (grant.account.allowed || grant.clientId !== world.credentials.clientId)) return next()
    response.status(403).type('text/plain').send(notRegistered)
  }
}

export function needsScope(world: World, scope: string): RequestHandler {
  return (request, response, next) => {
    if (world.grantOf.get(request)?.scopes.includes(scope)) return next()
    return apiError(response, 403, 'Insufficient client scope')
  }
}
