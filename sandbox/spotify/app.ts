import express from 'express'
import type { Express } from 'express'
import { authorizePages } from './authorize.ts'
import { coverImage } from './cover.ts'
import { answerFromScript, misbehave } from './faults.ts'
import { countRequest } from './middleware.ts'
import { recordRequests } from './recording.ts'
import { tokenEndpoint } from './token.ts'
import { webApi } from './webapi.ts'
import { single } from './world.ts'
import type { World } from './world.ts'

/** Accounts server, Web API and cover images in one; what is not known answers 501 and is noted as a surprise. */
export function spotifyApp(world: World): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('strict routing')
  app.enable('case sensitive routing')

  app.use(['/v1', '/api/token'], recordRequests(world), answerFromScript(world))
  app.use('/v1', countRequest(world))
  app.use(['/v1', '/api/token'], misbehave(world))
  app.use('/authorize', authorizePages(world))
  app.post('/api/token', express.urlencoded({ extended: false }), tokenEndpoint(world))
  app.use('/v1', webApi(world))
  app.get('/covers/:file', (request, response) => {
    const size = Math.min(Math.max(Number(single(request.query.size)) || 640, 16), 2000)
    response.set('Cache-Control', 'public, max-age=86400').type('svg')
    response.send(coverImage(request.params.file.replace(/\.svg$/, ''), size))
  })
  app.use((request, response) => {
    world.surprises.push(`${request.method} ${request.originalUrl}: the sandbox's Spotify does not know this.`)
    response.status(501).json({ error: { status: 501, message: 'The sandbox does not know this endpoint' } })
  })
  return app
}
