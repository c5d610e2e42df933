import { setTimeout as pause } from 'node:timers/promises'
import type { RequestHandler, Response } from 'express'
import type { ScriptedAnswer } from './spotify.ts'
import type { World } from './world.ts'

/** Gives the next scripted answer to a request that one was written for. */
export function answerFromScript(world: World): RequestHandler {
  return (request, response, next) => {
    const line = `${request.method} ${request.originalUrl.split('?', 1)[0]}`
    const script = world.scripts.find(({ match, answers }) => answers.length > 0 && line.search(match) >= 0)
    const answer = script?.answers.shift()
    if (!answer) next()
    else if (answer.fault === 'reset') request.socket.resetAndDestroy()
    else if (answer.fault === 'drip') drip(answer, response)
    else if (answer.fault !== 'hang') writeHead(answer, response).end(bytesOf(answer))
  }
}

/** Waits, drips or answers nonsense where the switch says so; else everything goes its way. */
export function misbehave(world: World): RequestHandler {
  return async (_request, response, next) => {
    const { trouble } = world.switches
    if (trouble.kind === 'dripping') return drip({ body: { items: [] } }, response)
    if (trouble.kind === 'lying') return void writeHead({}, response).end(lies[world.requests.length % lies.length])
    if (trouble.kind === 'held') await trouble.until
    if (trouble.kind === 'slow') {
      await pause(trouble.delay * 1000, undefined, { signal: world.closing }).catch(() => undefined)
    }
    next()
  }
}

const lies = ['{"items": [', 'null', '[]', '<html>All is well</html>', '{"items": null, "total": -1}', '{}', '']

function drip(answer: ScriptedAnswer, response: Response): void {
  const bytes = [...bytesOf(answer)]
  const sendNext = () => {
    const byte = bytes.shift()
    if (byte === undefined) response.end()
    else response.write(Uint8Array.of(byte))
  }
  writeHead(answer, response)
  sendNext()
  const dripping = setInterval(sendNext, 1000)
  response.on('close', () => clearInterval(dripping))
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
