import type { RequestHandler } from 'express'
import { single } from './world.ts'
import type { World } from './world.ts'

/** Writes every request down, and what a client must never put into an address. */
export function recordRequests(world: World): RequestHandler {
  return (request, response, next) => {
    const query = Object.fromEntries(new URL(request.originalUrl, world.origin).searchParams)
    const path = request.baseUrl + (request.path === '/' ? '' : request.path)
    const record = { method: request.method, path, query, status: 0, at: world.now() }
    world.requests.push(record)
    world.recordOf.set(request, record)
    // A client in the same process may read the answer before 'finish'; one that hangs up while it is being answered
    // leaves only 'close', and one that has before that both.
    for (const end of ['prefinish', 'close']) {
      response.on(end, () => {
        if (response.writableEnded) record.status = response.statusCode
      })
    }

    for (const name of ['access_token', 'refresh_token', 'client_secret', 'code', 'code_verifier']) {
      if (single(request.query[name])) world.surprises.push(`${request.method} ${path}: ${name} in the address.`)
    }
    next()
  }
}
