import { setTimeout as pause } from 'node:timers/promises'
import type { RequestHandler, Response } from 'express'
import type { ScriptedAnswer } from './spotify.ts'
import type { World } from './world.ts'

/** Gives the next scripted answer to a request that one was written for. */
export function answerFromScript(world: World): RequestHandler {
  return async (request, response, next) => {
    const line = `${request.method} ${request.originalUrl.split('?', 1)[0]}`
    const script = world.scripts.find(({ match, answers }) => answers.length > 0 && line.search(match) >= 0)
    const answer = script?.answers.shift()
    if (!answer) next()
    else if (answer.fault === 'reset') request.socket.resetAndDestroy()
    else if (answer.fault === 'drip') await drip(answer, response, world.closing)
    else if (answer.fault !== 'hang') writeHead(answer, response).end(bytesOf(answer))
  }
}

/** Waits where the switch says so; then everything goes its way. */
export function slowDown(world: World): RequestHandler {
  return async (_request, _response, next) => {
    const { trouble } = world.switches
    if (trouble.kind === 'slow') await waited(trouble.delay * 1000, world.closing)
    next()
  }
}

async function drip(answer: ScriptedAnswer, response: Response, closing: AbortSignal): Promise<void> {
  writeHead(answer, response)
  for (const byte of bytesOf(answer)) {
    response.write(Uint8Array.of(byte))
    await waited(1000, closing)
    if (response.destroyed) return
  }
  response.end()
}

function writeHead(answer: ScriptedAnswer, response: Response): Response {
  const headers = { 'Content-Type': 'application/json; charset=utf-8', ...answer.headers }
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
  return response.status(answer.status ?? 200)
}

function bytesOf({ body }: ScriptedAnswer): Uint8Array {
  if (body === undefined) return new Uint8Array()
  if (body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

async function waited(milliseconds: number, closing: AbortSignal): Promise<void> {
  await pause(milliseconds, undefined, { signal: closing }).catch(() => undefined)
}
