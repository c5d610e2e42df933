import express, { type ErrorRequestHandler, type Response, type Router } from 'express'
import { only } from './guard.ts'
import { createReplays } from './replays.ts'
import { createSignatures, replayWindow } from './signatures.ts'

/** Discord's request, which can carry the first answer back. */
export interface Inline {
  /** Sends the answer as the response; "unsure": the connection broke before all of it was out. */
  answer(body: object): Promise<'taken' | 'unsure'>
  /** Says (202) that the answer takes Discord's callback route. Without effect once answered. */
  elsewhere(): void
}

/**
 * Sees to it that an interaction, signed by Discord, is answered. "unknown": it is none that this version knows;
 * "away": the program takes no new ones. Never rejects.
 */
export type Receive = (payload: object, inline: Inline) => Promise<'done' | 'unknown' | 'away'>

// A pressed message with all that it may hold comes back whole, and some of it escaped sixfold.
const longestBody = 512 * 1024
const ping = 1

/** `POST /interactions` for Discord alone, in hex its public key. What it did not sign gets 401 and no work. */
export function interactionRoutes(publicKey: string, receive: Receive): Router {
  const signatures = createSignatures(publicKey, Date.now)
  const replays = createReplays(2 * replayWindow, () => performance.now())
  const routes = express.Router({ strict: true, caseSensitive: true })

  routes.all('/interactions', only('POST'))
  routes.post(
    '/interactions',
    signatures.claimed,
    express.raw({ type: () => true, limit: longestBody, inflate: false }),
  )
  routes.post('/interactions', async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    const payload = (await signatures.good(request, body)) ? read(body) : 'forged'
    if (payload === 'forged') response.sendStatus(401)
    else if (!payload) response.sendStatus(400)
    else if (payload.type === ping) send(response, { type: ping })
    // The first of its kind is being answered; this one gets nothing to read.
    else if (!replays.isNew(payload.id)) response.status(202).end()
    else {
      const outcome = await receive(payload, inline(response))
      if (!response.headersSent) response.status(statuses[outcome]).end()
    }
  })
  routes.use('/interactions', refuse)
  return routes
}

/** Too long, compressed, or broken off. */
const refuse: ErrorRequestHandler = (error: { status?: number }, _request, response, next) => {
  if (response.headersSent || !error.status || error.status >= 500) return next(error)
  response.sendStatus(error.status)
}

const statuses = { done: 202, unknown: 400, away: 503 } as const

function read(body: Buffer): { readonly id: string; readonly type: unknown } | undefined {
  try {
    const payload: unknown = JSON.parse(body.toString('utf8'))
    if (typeof payload !== 'object' || payload === null || !('id' in payload) || !('type' in payload)) return undefined
    const { id, type } = payload
    return typeof id === 'string' && /^\d{1,20}$/.test(id) ? { ...payload, id, type } : undefined
  } catch {
    return undefined
  }
}

function inline(response: Response): Inline {
  return {
    answer: (body) =>
      new Promise((resolve) => {
        if (response.headersSent || response.destroyed) return resolve('unsure')
        response.once('finish', () => resolve('taken')).once('close', () => resolve('unsure'))
        send(response, body)
      }),
    elsewhere() {
      if (!response.headersSent) response.status(202).end()
    },
  }
}

function send(response: Response, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
