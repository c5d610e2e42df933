import express, { type Response, type Router } from 'express'
import type { Log } from '../log.ts'
import { only } from './guard.ts'
import { createReplays } from './replays.ts'
import { createSignatures, refuseUnsigned, replayWindow } from './signatures.ts'

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

const ping = 1

/** `POST /interactions` for Discord alone, in hex its public key. What it did not sign gets 401 and no work. */
export function interactionRoutes(publicKey: string, receive: Receive, log: Log): Router {
  const signatures = createSignatures(publicKey, Date.now)
  const replays = createReplays(2 * replayWindow, () => performance.now())
  const routes = express.Router({ strict: true, caseSensitive: true })

  routes.all('/interactions', only('POST'))
  routes.post('/interactions', signatures.claimed, async (request, response) => {
    const body = await signatures.body(request)
    if (!body) return refuseUnsigned(response)
    const payload = read(body)
    if (payload?.type === ping) send(response, { type: ping })
    else if (!payload || !hasId(payload)) {
      log.warn(unknown)
      response.sendStatus(400)
    }
    // The first of its kind is being answered; this one gets nothing to read.
    else if (!replays.isNew(payload.id)) response.status(202).end()
    else {
      const outcome = await receive(payload, inline(response))
      if (outcome === 'unknown') log.warn(unknown)
      if (!response.headersSent) response.status(statuses[outcome]).end()
    }
  })
  return routes
}

const unknown =
  'Discord sent an interaction that this version does not know, and was answered 400: look for a newer version'

const statuses = { done: 202, unknown: 400, away: 503 } as const

type Payload = object & { readonly type: unknown }

function read(body: Buffer): Payload | undefined {
  try {
    const payload: unknown = JSON.parse(body.toString('utf8'))
    return typeof payload === 'object' && payload !== null && 'type' in payload ? payload : undefined
  } catch {
    return undefined
  }
}

function hasId(payload: Payload): payload is Payload & { readonly id: string } {
  return 'id' in payload && typeof payload.id === 'string' && /^\d{1,20}$/.test(payload.id)
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
