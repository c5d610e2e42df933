import type { NextFunction, Request, Response } from 'express'
import express from 'express'
import { authorizeRoutes } from './oauth/authorize.ts'
import { answerErrors } from './rest/answers.ts'
import { apiRouter, unknownRoute } from './rest/routes.ts'
import type { Fault } from './state/faults.ts'
import { cut, takeFault } from './state/faults.ts'
import type { World } from './state/world.ts'

/** Everything that this Discord answers over HTTP. */
export function discordApp(world: World): express.Express {
  const app = express()
  app.disable('x-powered-by').disable('etag')
  app.use(record(world))
  app.use(['/api/v10', '/api'], apiRouter(world))
  app.use(authorizeRoutes(world))
  app.get('/channels/*place', ({ path }, response, next) => {
    if (world.chatUrl === undefined) return next()
    response.redirect(303, `${world.chatUrl}/#${path}`)
  })
  app.use(unknownRoute(world))
  app.use(answerErrors(world))
  return app
}

function record(world: World) {
  return (request: Request, response: Response, next: NextFunction): void => {
    const path = decoded(request.path)
    const entry = { method: request.method, path, status: 0, at: world.now() }
    world.requests.push(entry)
    response.on('finish', () => (entry.status = response.statusCode))
    const fault = takeFault(world, request.method, path)
    if (!fault) return next()
    if (!fault.lost) return fail(request, response, fault)
    lose(request, response, fault)
    next()
  }
}

function fail(request: Request, response: Response, { status, body, headers }: Fault): void {
  if (status === cut) return void request.socket.resetAndDestroy()
  if (headers) {
    response.status(status).set(headers)
    return void (typeof body === 'string' ? response.type('html').send(body) : response.json(body))
  }
  const { retry_after: wait, global } = (body ?? {}) as { retry_after?: number; global?: boolean }
  if (wait !== undefined)
    response.set({ 'Retry-After': String(wait), 'X-RateLimit-Scope': global ? 'global' : 'shared' })
  if (global) response.set('X-RateLimit-Global', 'true')
  response.status(status).json(body)
}

/** The request is handled, and only its answer gets lost on the way. */
function lose(request: Request, response: Response, { status }: Fault): void {
  const end = response.end.bind(response)
  response.end = () => {
    response.removeHeader('Content-Length')
    if (status === cut) request.socket.resetAndDestroy()
    else response.status(status)
    return status === cut ? response : end()
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
