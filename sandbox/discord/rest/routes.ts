import type { Request, Response } from 'express'
import express from 'express'
import { bearerRoutes } from '../oauth/bearer.ts'
import { tokenRoutes } from '../oauth/token.ts'
import type { World } from '../state/world.ts'
import { channelRoutes } from './channels.ts'
import { registrationRoutes } from './commands.ts'
import { callbackRoute } from './callbacks.ts'
import { directRoutes } from './directs.ts'
import { gatewayRoutes } from './gateway.ts'
import { guildRoutes } from './guilds.ts'
import { readUploads } from './uploads.ts'
import { webhookRoutes } from './webhooks.ts'

/** The REST API, to be mounted at /api and /api/v10. */
export function apiRouter(world: World): express.Router {
  const router = express.Router()
  router.use(express.json({ limit: '10mb' }), express.urlencoded({ extended: false }), readUploads(world))
  gatewayRoutes(world, router)
  registrationRoutes(world, router)
  callbackRoute(world, router)
  webhookRoutes(world, router)
  channelRoutes(world, router)
  directRoutes(world, router)
  guildRoutes(world, router)
  tokenRoutes(world, router)
  bearerRoutes(world, router)
  return router
}

/** Everything else: a gap of this Discord, or a mistake of the bot. */
export function unknownRoute(world: World) {
  return (request: Request, response: Response): void => {
    world.surprises.push(`${request.method} ${request.path} is not known to the sandbox's Discord`)
    response.status(501).json({ message: '501: Not Implemented', code: 0 })
  }
}
