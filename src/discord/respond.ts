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
 * Straight over HTTP, in a third of the processor time: Discord has no rate limit here that would have to be counted.
 * What carries files, met a broken connection or a 5xx is the REST client's to send. A 429, as proxies give it, is
 * waited for once, if it ends while the interaction lives.
 *
 * @param apiUrl such as `https://discord.com/api`
 */
export function createResponder(rest: REST, apiUrl: string): Responder {
  const { origin, pathname } = new URL(apiUrl)
  const base = pathname.replace(/\/$/, '')
  const limits = { connect: { timeout: lifetime }, headersTimeout: lifetime, bodyTimeout: lifetime }
  const connections = new Pool(origin, { connections: 256, ...limits })

  return {
    async respond(interaction, wire) {
      const route = Routes.interactionCallback(interaction.id, interaction.token)
      const answer = wire.files ? undefined : await post(connections, requestOf(`${base}/v10${route}`, wire))
      if (!answer || answer.status >= 500) await rest.post(route, { auth: false, ...wire })
      else if (answer.status >= 300) throw refusalIn(answer, route)
    },
    close: () => connections.destroy(),
  }
}

// Discord lets go of an interaction that was not answered after that long.
const lifetime = 3_000
const longestWait = 2_000
const usualWait = 500

function requestOf(path: string, { body }: Wire): Dispatcher.DispatchOptions {
  const headers = { 'content-type': 'application/json', 'user-agent': DefaultUserAgent }
  return { path, method: 'POST', headers, body: JSON.stringify(body) }
}

/** Undefined where the connection broke. */
async function post(connections: Pool, request: Dispatcher.DispatchOptions): Promise<Answer | undefined> {
  const answer = await exchange(connections, request).catch(unlessLate)
  if (answer?.status !== 429 || waitIn(answer) > longestWait) return answer
  await sleep(waitIn(answer))
  return exchange(connections, request).catch(unlessLate)
}

interface Answer {
  readonly status: number
  readonly headers: Buffer[]
  readonly text: string
}

/** By the calls that undici's other ways are made of: a stream for every answer, most of them empty, costs as much again. */
function exchange(connections: Pool, request: Dispatcher.DispatchOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    let head = { status: 0, headers: [] as Buffer[] }
    connections.dispatch(request, {
      onConnect() {},
      onHeaders(status, headers) {
        head = { status, headers }
        return true
      },
      onData(chunk) {
        length += chunk.length
        // A page for people, of whoever stands in between, may be long.
        if (length <= longestText) chunks.push(chunk)
        return true
      },
      onComplete: () => resolve({ ...head, text: Buffer.concat(chunks).toString() }),
      onError: reject,
    })
  })
}

const longestText = 64 * 1024

/** Whoever has waited for the interaction's whole life need not try again. */
function unlessLate(error: unknown): undefined {
  if (String((error as { code?: unknown }).code).endsWith('_TIMEOUT')) throw error
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

/** In milliseconds. */
function waitIn({ headers }: Answer): number {
  const seconds = Number(util.parseHeaders(headers)['retry-after'])
  return seconds > 0 ? seconds * 1000 : usualWait
}
