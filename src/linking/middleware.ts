import { isIP } from 'node:net'
import { ipKeyGenerator, rateLimit } from 'express-rate-limit'
import type { Request, RequestHandler } from 'express'
import { UserError } from '../errors.ts'

/** A form that was not sent from one of our own pages. */
export class ForeignOriginError extends UserError {}

/** Refuses forms from elsewhere. Our pages send no referrer, so their origin may arrive as "null". */
export function sameOrigin(publicUrl: string): RequestHandler {
  return (request, _response, next) => {
    const site = request.get('sec-fetch-site')
    const origin = request.get('origin')
    const foreign = site === undefined ? origin !== undefined && origin !== publicUrl : site !== 'same-origin'
    if (foreign || (origin !== undefined && origin !== 'null' && origin !== publicUrl)) {
      throw new ForeignOriginError('This form was sent from another site, so nothing was done.')
    }
    next()
  }
}

/** What costs something may be asked for once a second by each address, over a minute: no person notices. */
export function addressLimiter(): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: 60,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // Any visitor can send headers that have the library complain on the console, in their words.
    validate: false,
    keyGenerator: (request) => ipKeyGenerator(addressOf(request)),
    handler: () => {
      throw new TooManyError('That was a lot of requests from your address. Please wait a minute and start again.')
    },
  })
}

export class TooManyError extends UserError {}

/** Some proxies add the port, which is another one for every connection; and not every header comes from a proxy. */
function addressOf({ ip = '', socket }: Request): string {
  const [, bracketed, dotted] = /^(?:\[(.+)\]|([\d.]+))(?::\d+)?$/.exec(ip) ?? []
  const address = bracketed ?? dotted ?? ip
  return isIP(address) ? address : (socket.remoteAddress ?? '')
}

/** Answers every other method of a path, HEAD included where only GET is meant. */
export function allowMethods(...methods: readonly string[]): RequestHandler {
  return (request, response, next) => {
    if (methods.includes(request.method)) return next()
    response
      .set('allow', methods.join(', '))
      .status(405)
      .type('text')
      .send(`Only ${methods.join(' and ')} here.\n`)
  }
}
