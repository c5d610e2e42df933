import { setTimeout as sleep } from 'node:timers/promises'
import { DefaultUserAgent, DiscordAPIError, type DiscordErrorData, type REST } from '@discordjs/rest'
import { Routes } from 'discord-api-types/v10'
import type { Http, HttpAnswer } from '../http.ts'
import type { Answerable } from './interaction.ts'
import type { Wire } from './wire.ts'

/** Posts the first answer to an interaction. Rejects with DiscordAPIError, or with another error when it is unsure. */
export type Respond = (interaction: Answerable, wire: Wire) => Promise<void>

/**
 * Straight over HTTP, since Discord has no rate limit here and the REST client keeps a queue for every interaction.
 * What carries files, was not answered or is to be tried again is the REST client's to send.
 */
export function createRespond(rest: REST, http: Http, apiUrl: string): Respond {
  return async ({ id, token }, wire) => {
    const route = Routes.interactionCallback(id, token)
    const url = `${apiUrl}/v10${route}`
    const answer = wire.files ? undefined : await http(url, requestOf(wire)).catch(() => undefined)
    if (answer?.status === 429) await sleep(waitIn(answer))
    if (!answer || answer.status === 429 || answer.status >= 500)
      return void (await rest.post(route, { auth: false, ...wire }))
    if (answer.status >= 300) throw refusalIn(answer, url)
  }
}

function requestOf({ body }: Wire): Parameters<Http>[1] {
  const headers = { 'content-type': 'application/json', 'user-agent': DefaultUserAgent }
  return { method: 'POST', headers, body: JSON.stringify(body), deadline: 10_000 }
}

function refusalIn({ status, text }: HttpAnswer, url: string): DiscordAPIError {
  const error = errorIn(text())
  return new DiscordAPIError(error, error.code, status, 'POST', url, {})
}

/** In milliseconds; whoever pressed has no more than three seconds. */
function waitIn({ headers }: HttpAnswer): number {
  return Math.min((Number(headers['retry-after']) || 0) * 1000, 3000)
}

function errorIn(text: string): DiscordErrorData {
  try {
    const { code = 0, message = '', errors } = JSON.parse(text) as Partial<DiscordErrorData>
    return { code, message, ...(errors && { errors }) }
  } catch {
    return { code: 0, message: 'Discord gave no reason.' }
  }
}
