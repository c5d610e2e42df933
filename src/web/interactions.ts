import type { RequestListener, ServerResponse } from 'node:http'
import type { Log } from '../log.ts'
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

/** Where Discord posts interactions. */
export const interactionsPath = '/interactions'

/**
 * `POST /interactions` for Discord alone, in hex its public key. What it did not sign gets 401 and no work. It takes
 * its requests before Express does, which would take as long again as everything here but the work itself.
 */
export function interactionListener(publicKey: string, receive: Receive, log: Log): RequestListener {
  const signatures = createSignatures(publicKey, Date.now)
  const replays = createReplays(2 * replayWindow, () => performance.now())

  return (request, response) => {
    if (!signatures.claimed(request)) return refuseUnsigned(response)
    signatures.body(request, (body) => {
      if (body) take(body, response).catch((err: unknown) => giveUp(err, response))
      else refuseUnsigned(response)
    })
  }

  /** Nobody foresaw it; but whoever posted is not left waiting. */
  function giveUp(err: unknown, response: ServerResponse): void {
    log.error({ err }, unforeseen)
    if (!response.headersSent) response.writeHead(500).end()
  }

  async function take(body: Buffer, response: ServerResponse): Promise<void> {
    const payload = read(body)
    if (payload?.type === ping) return send(response, { type: ping })
    if (!payload || !hasId(payload)) {
      log.warn(unknown)
      return void response.writeHead(400).end()
    }
    // The first of its kind is being answered; this one gets nothing to read.
    if (!replays.isNew(payload.id)) return void response.writeHead(202).end()
    const outcome = await receive(payload, inline(response))
    if (outcome === 'unknown') log.warn(unknown)
    if (!response.headersSent) response.writeHead(statuses[outcome]).end()
  }
}

const ping = 1

const unforeseen = 'An interaction failed in a way that nobody foresaw: please report this line'
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

function inline(response: ServerResponse): Inline {
  return {
    answer: (body) =>
      new Promise((resolve) => {
        if (response.headersSent || response.destroyed) return resolve('unsure')
        response.once('finish', () => resolve('taken')).once('close', () => resolve('unsure'))
        send(response, body)
      }),
    elsewhere() {
      if (!response.headersSent) response.writeHead(202).end()
    },
  }
}

function send(response: ServerResponse, body: object): void {
  const text = JSON.stringify(body)
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text)
}
