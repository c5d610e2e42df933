import type { Request, Response, Router } from 'express'
import { one } from '../rest/answers.ts'
import type { World } from '../state/world.ts'
import { exchangeCode, grantItself, revokeToken, tokenLife } from './grants.ts'

/** POST /oauth2/token and /oauth2/token/revoke, for the application with its secret. */
export function tokenRoutes(world: World, router: Router): void {
  router.post('/oauth2/token', (request, response, next) => {
    const form = formOf(request)
    response.set('Cache-Control', 'no-store')
    if (!isApplication(world, request, form)) return refuse(response, 401, 'invalid_client')
    if (form['grant_type'] === 'refresh_token') return next()
    if (form['grant_type'] === 'client_credentials') return forItself(world, response, form['scope'] ?? '')
    if (form['grant_type'] !== 'authorization_code') return refuse(response, 400, 'unsupported_grant_type')
    const wanted = {
      code: form['code'] ?? '',
      redirectUri: form['redirect_uri'] ?? '',
      verifier: form['code_verifier'] ?? '',
    }
    const token = exchangeCode(world.grants, wanted, world.now())
    if ('fault' in token) return refuse(response, 400, 'invalid_grant', `Invalid "${token.fault}" in request.`)
    response.json({
      token_type: 'Bearer',
      access_token: token.accessToken,
      expires_in: tokenLife / 1000,
      refresh_token: token.refreshToken,
      scope: token.scope,
    })
  })

  router.post('/oauth2/token/revoke', (request, response) => {
    const form = formOf(request)
    if (!isApplication(world, request, form)) return refuse(response, 401, 'invalid_client')
    if (!form['token']) return refuse(response, 400, 'invalid_request')
    revokeToken(world.grants, form['token'])
    response.json({})
  })
}

/** The application may have a token of its own, for trying things out. */
function forItself(world: World, response: Response, scope: string): void {
  if (scope !== 'identify') return refuse(response, 400, 'invalid_scope')
  const { accessToken, expiresAt } = grantItself(world.grants, world.app.id, scope, world.now())
  response.json({
    token_type: 'Bearer',
    access_token: accessToken,
    expires_in: Math.round((expiresAt - world.now()) / 1000),
    scope,
  })
}

/** A parameter that came twice counts as missing. */
function formOf(request: Request): Partial<Record<string, string>> {
  const entries = request.is('urlencoded') ? Object.entries(request.body as Record<string, unknown>) : []
  return Object.fromEntries(entries.map(([key, value]) => [key, one(value)]))
}

function isApplication(world: World, request: Request, form: Partial<Record<string, string>>): boolean {
  const basic = /^Basic (.+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const [id, secret] = basic ? credentialsIn(basic) : [form['client_id'], form['client_secret']]
  return id === world.app.id && secret === world.app.secret
}

/** RFC 6749, 2.3.1: both halves are form-encoded before they are joined. */
function credentialsIn(basic: string): (string | undefined)[] {
  const form = new URLSearchParams(
    Buffer.from(basic, 'base64')
      .toString()
      .replace(/^([^:]*):/, 'id=$1&secret='),
  )
  return [form.get('id') ?? undefined, form.get('secret') ?? undefined]
}

function refuse(response: Response, status: number, error: string, description?: string): void {
  response.status(status).json({ error, ...(description !== undefined && { error_description: description }) })
}
