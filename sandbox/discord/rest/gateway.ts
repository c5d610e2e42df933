import type { Router } from 'express'
import { gatewayUrl } from '../gateway/sessions.ts'
import type { World } from '../state/world.ts'
import { apiApplication } from '../payloads/people.ts'
import { requireBot } from './answers.ts'

export function gatewayRoutes(world: World, router: Router): void {
  router.get('/gateway', (_request, response) => {
    response.json({ url: gatewayUrl(world) })
  })

  router.get('/gateway/bot', (request, response) => {
    requireBot(world, request)
    // As for a large bot, whose shards need not wait five seconds for one another.
    const limit = { total: 1000, ...world.sessionStarts, max_concurrency: 16 }
    response.json({ url: gatewayUrl(world), shards: 1, session_start_limit: limit })
  })

  router.get('/applications/@me', (request, response) => {
    requireBot(world, request)
    response.json({ ...apiApplication(world), redirect_uris: world.redirectUris })
  })
}
