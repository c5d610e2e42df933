import { setTimeout as sleep } from 'node:timers/promises'
import { DefaultUserAgent, DiscordAPIError, type DiscordErrorData, type REST } from '@discordjs/rest'
import { Routes } from 'discord-api-types/v10'
import { Pool, util, type Dispatcher } from 'undici'
import type { Answerable } from './interaction.ts'
import type { Wire } from './wire.ts'

/** Sends first answers to interactions. */
export interface Responder {
  /** Rejects with DiscordAPIError, or with another error when it is unsure whether Discord has the answer. */
  readonly respond: (interaction: Answerable, wire: Wire) => Promise<void>
  close(): Promise<void>
}

/**
 * Straight over HTTP, since Discord has no rate limit here and the REST client keeps a queue for every interaction.
 * What carries files, was not answered or is to be tried again is the REST client's to send.
 *
 * @param apiUrl such as `https://discord.com/api`
 */
export function createResponder(rest: REST, apiUrl: string): Responder {
  const { origin, pathname } = new URL(apiUrl)
  const base = pathname.replace(/\/$/, '')
  const limits = { connect: { timeout: 3000 }, headersTimeout: 10_000, bodyTimeout: 10_000 }
  const connections = new Pool(origin, { connections: 256, ...limits })

  return {
    async respond({ id, token }, wire) {
      const route = Routes.interactionCallback(id, token)
      const path = `${base}/v10${route}`
      const answer = wire.files ? undefined : await exchange(connections, requestOf(path, wire)).catch(() => undefined)
      const { status = 0 } = answer ?? {}
      if (status >= 200 && status < 300) return
      if (answer && status < 500 && status !== 429) throw refusalIn(answer, route)
      if (answer && status === 429) await sleep(waitIn(answer))
      await rest.post(route, { auth: false, ...wire })
    },
    close: () => connections.close(),
  }
}

function requestOf(path: string, { body }: Wire): Dispatcher.DispatchOptions {
  const headers = { 'content-type': 'application/json', 'user-agent': DefaultUserAgent }
  return { path, method: 'POST', headers, body: JSON.stringify(body) }
}

interface Answer {
  status: number
  headers: Buffer[]
  text: string
}

/** By the calls that undici's other ways are made of: a stream for every answer, most of them empty, costs as much again. */
function exchange(connections: Pool, request: Dispatcher.DispatchOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const answer: Answer = { status: 0, headers: [], text: '' }
    connections.dispatch(request, {
      onConnect() {},
      onHeaders(status, headers) {
        Object.assign(answer, { status, headers })
        return true
      },
      onData(chunk) {
        answer.text += chunk.toString()
        return true
      },
      onComplete: () => resolve(answer),
      onError: reject,
    })
  })
}

function refusalIn({ status, text }: Answer, route: string): DiscordAPIError {
  const error = errorIn(text)
  return new DiscordAPIError(error, error.code, status, 'POST', route, {})
}

function errorIn(text: string): DiscordErrorData {
  try {
    const { code = 0, message = '', errors } = JSON.parse(text) as Partial<DiscordErrorData>
    return { code, message, ...(errors && { errors }) }
  } catch {
    return { code: 0, message: 'Discord gave no reason.' }
  }
}

/** In milliseconds; whoever pressed has no more than three seconds. */
function waitIn({ headers }: Answer): number {
  return Math.min((Number(util.parseHeaders(headers)['retry-after']) || 0) * 1000, 3000)
}
