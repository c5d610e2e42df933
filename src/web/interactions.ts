import { createPublicKey, verify } from 'node:crypto'
import express, { Router, type ErrorRequestHandler, type Request, type RequestHandler, type Response } from 'express'
import { LRUCache } from 'lru-cache'
import type { Receive } from '../discord/bot.ts'
import { sendJson } from '../discord/client.ts'
import { boundBodies } from './connections.ts'
import { allowMethods } from '../linking/middleware.ts'
import type { Log } from '../log.ts'

/** How far Discord's clock and ours may be apart, in milliseconds; what is older is somebody's copy. */
const replayWindow = 5 * 60_000
// A pressed message with all that it may hold comes back whole, and some of it escaped sixfold.
const longestBody = 512 * 1024
// Of all that are being sent or answered.
const mostBodies = 8 * 1024 * 1024
const ping = 1

/** `POST /interactions` for Discord alone, its public key in hex. What it did not sign gets 401 and no work. */
export function interactionRoutes(publicKey: string, receive: Receive, log: Log): Router {
  const router = Router({ strict: true, caseSensitive: true })
  // In this process only: a check in the store would cost every answer a round trip. What changes something is checked
  // there as well.
  const seen = new LRUCache<string, true>({ maxSize: 65_536, sizeCalculation: () => 1, ttl: 2 * replayWindow })
  router.all('/interactions', allowMethods('POST'))
  router.post(
    '/interactions',
    claimsSignature,
    boundBodies(mostBodies),
    express.raw({ type: () => true, limit: longestBody, inflate: false }),
    signedBy(publicKey),
    async (request: Request, response: Response): Promise<void> => {
      const payload = parse(request.body as Buffer)
      const { type, id } = payload
      if (type === ping) return void sendJson(response, JSON.stringify({ type: ping }))
      if (type === undefined || typeof id !== 'string' || !/^\d{1,20}$/.test(id)) {
        log.warn(unreadable)
        return void response.status(400).end()
      }
      // The first of its kind is being answered; this one gets nothing to read.
      if (seen.has(id)) return void response.status(202).end()
      seen.set(id, true)
      const outcome = await receive(id, payload, response)
      if (!response.headersSent) response.status(statuses[outcome]).end()
    },
  )
  router.use('/interactions', unreadBody)
  return router
}

/** A body that broke off or is too long: a machine has sent it, so it gets no page. */
const unreadBody: ErrorRequestHandler = (error: { readonly status?: unknown }, _request, response, next) => {
  const status = Number(error.status)
  if (response.headersSent || !(status >= 400 && status < 500)) return next(error)
  response.status(status).set('connection', 'close').type('text').send('This body cannot be read.')
}

const statuses = { done: 202, unknown: 400, away: 503 } as const
const unreadable =
  'Discord posted an interaction that this version does not know, and was answered 400: look for a newer version'

/** Whether it does claim to be signed now. What does not gets 401 before its body is read. */
const claimsSignature: RequestHandler = (request, response, next) => {
  const [timestamp, signature] = signatureIn(request)
  const age = Math.abs(Date.now() - Number(timestamp) * 1000)
  const isClaim = /^\d{1,12}$/.test(timestamp) && age <= replayWindow && /^[\da-f]{128}$/i.test(signature)
  // Discord announces the length, and compresses nothing. A body without an end would be read to its end otherwise.
  const isBounded =
    Number(request.get('content-length')) <= longestBody && request.get('content-encoding') === undefined
  if (isClaim && isBounded) next()
  else unauthorized(response)
}

/** Discord's signature: Ed25519 over the timestamp's header and the body's bytes. */
function signedBy(publicKey: string): RequestHandler {
  const x = Buffer.from(publicKey, 'hex').toString('base64url')
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
  return (request, response, next) => {
    const [timestamp, signature] = signatureIn(request)
    const body: unknown = request.body
    const data = Buffer.concat([Buffer.from(timestamp), Buffer.isBuffer(body) ? body : Buffer.alloc(0)])
    // In the thread pool: here it would hold up everybody for a tenth of a millisecond.
    verify(undefined, data, key, Buffer.from(signature, 'hex'), (error, good) => {
      if (!error && good) next()
      else unauthorized(response)
    })
  }
}

/** 401, and an end of the connection, so that nothing more of the body is read. */
function unauthorized(response: Response): void {
  response.status(401).set('connection', 'close').type('text').send('Unauthorized')
}

function signatureIn(request: Request) {
  return [request.get('x-signature-timestamp') ?? '', request.get('x-signature-ed25519') ?? ''] as const
}

function parse(body: Buffer): { readonly type?: unknown; readonly id?: unknown } {
  try {
    return Object(JSON.parse(body.toString())) as object
  } catch {
    return {}
  }
}
