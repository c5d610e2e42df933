import type { Request, Router } from 'express'
import { unauthorized } from '../refusal.ts'
import { requireBot } from '../rest/answers.ts'
import { personOf } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { apiApplication, apiBot, apiUser } from '../payloads/people.ts'
import type { AccessToken } from './grants.ts'
import { liveToken } from './grants.ts'

/** What a person's access token may ask: who they are, and what was granted. The bot may ask who it is. */
export function bearerRoutes(world: World, router: Router): void {
  router.get('/users/@me', (request, response) => {
    if (request.get('authorization')?.startsWith('Bot ')) {
      requireBot(world, request)
      response.json(apiBot(world))
    } else {
      response.json(accountOf(world, grantOf(world, request)))
    }
  })

  router.get('/oauth2/@me', (request, response) => {
    const grant = grantOf(world, request)
    const { id, name, icon, description, hook, bot_public, bot_require_code_grant, verify_key } = apiApplication(world)
    response.json({
      application: { id, name, icon, description, hook, bot_public, bot_require_code_grant, verify_key },
      scopes: grant.scope.split(' '),
      expires: new Date(grant.expiresAt).toISOString(),
      user: apiUser(personOf(world, grant.personId)),
    })
  })
}

function grantOf(world: World, request: Request): AccessToken {
  const value = /^Bearer (.+)$/i.exec(request.get('authorization') ?? '')?.[1]
  const grant = value && liveToken(world.grants, value, world.now())
  if (!grant) throw unauthorized()
  return grant
}

function accountOf(world: World, { personId }: AccessToken) {
  return { ...apiUser(personOf(world, personId)), locale: 'en-US', mfa_enabled: false, premium_type: 0 }
}
