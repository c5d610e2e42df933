import type { NextFunction, Request, Response } from 'express'
import { Refusal, unauthorized } from '../refusal.ts'
import type { World } from '../state/world.ts'

const alreadyAcknowledged = 40060
// What the world has done to the channel or the person, and no mistake of the bot.
const worldly: readonly number[] = [40003, 50083, 160005, 200000, 240000]

/** Lets only the bot through, by its token. */
export function requireBot(world: World, request: Request): void {
  if (request.get('authorization') !== `Bot ${world.app.token}`) throw unauthorized()
}

/** One value of a path or a query. */
export function one(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Turns what was thrown into Discord's answer, and notes refusals that only a mistake of the bot can cause. */
export function answerErrors(world: World) {
  return (error: unknown, request: Request, response: Response, _next: NextFunction): void => {
    const refusal = refusalOf(error)
    noteRefusal(world, `${request.method} ${one(request.route?.path) || request.path}`, refusal)
    response.status(refusal.status).json(refusal.body())
  }
}

/** Remembers a refusal that only a mistake of the bot can cause. */
export function noteRefusal(world: World, place: string, error: unknown): void {
  if (!(error instanceof Refusal) || worldly.includes(error.code)) return
  if (![400, 413, 500].includes(error.status) || error.code === alreadyAcknowledged) return
  const errors = error.errors === undefined ? '' : ` ${JSON.stringify(error.errors)}`
  world.surprises.push(`${place} answered ${error.code}: ${error.message}${errors}`)
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (error instanceof Error && 'status' in error && error.status === 400) {
    return new Refusal(400, 50109, 'The request body contains invalid JSON.')
  }
  if (error instanceof Error && 'status' in error && error.status === 413) {
    return new Refusal(413, 40005, 'Request entity too large')
  }
  return new Refusal(500, 0, error instanceof Error ? (error.stack ?? error.message) : String(error))
}
