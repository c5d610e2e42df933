import type { ServerResponse } from 'node:http'
import * as discord from 'discord.js'
import type { Config } from '../config.ts'

const { Events } = discord

/** The open requests that brought interactions, by interaction id: each can carry the first answer back. */
export type InlineResponses = Map<string, ServerResponse>

/** discord.js breaks without these caches. */
const kept: readonly unknown[] = [
  discord.ChannelManager,
  discord.GuildChannelManager,
  discord.GuildManager,
  discord.PermissionOverwriteManager,
  discord.RoleManager,
]

/** discord.js without intents and caches: interactions arrive all the same, and nothing is kept of them. */
export function createClient(
  { apiUrl, token, shards }: Pick<Config['discord'], 'apiUrl' | 'token' | 'shards'>,
  responses: InlineResponses,
  onWait: discord.RESTOptions['rejectOnRateLimit'] = null,
  buildStrategy?: discord.WebSocketOptions['buildStrategy'],
): discord.Client {
  const client = new discord.Client({
    intents: [],
    makeCache: (manager) =>
      kept.includes(manager) ? new discord.Collection() : new discord.LimitedCollection({ maxSize: 0 }),
    allowedMentions: { parse: [] },
    // Messages are in the names of the API already; going through all of them takes a sixth of a press.
    jsonTransformer: (body) => body,
    shards: shards ? [...shards.ids] : 'auto',
    ...(shards && { shardCount: shards.total }),
    ...(buildStrategy && { ws: { buildStrategy } }),
    rest: {
      api: apiUrl,
      timeout: 10_000,
      // The default of 50 a second counts answers to interactions as well, which Discord does not; real 429s are still honoured.
      globalRequestsPerSecond: 1_000,
      // It keeps a queue for every interaction that was answered late, and lets go of them once an hour.
      handlerSweepInterval: 15_000,
      // The one place that hears of every wait: its event "rateLimited" tells of those before a request only.
      rejectOnRateLimit: onWait,
      makeRequest: requestThrough(responses),
    },
  })
  client.rest.setToken(token)
  // READY names every guild of the bot, and discord.js would make an object of each.
  client.on(Events.Raw, (packet: discord.GatewayDispatchPayload) => {
    if (packet.t === discord.GatewayDispatchEvents.Ready) packet.d.guilds = []
  })
  return client
}

/** Writes the first answer to an interaction into the open request that brought it, where there is one. */
function requestThrough(responses: InlineResponses): discord.RESTOptions['makeRequest'] {
  return async (url, init) => {
    const [, id = ''] = /\/interactions\/(\d+)\/[^/]+\/callback(?:\?|$)/.exec(url) ?? []
    const response = responses.get(id)
    if (response && typeof init.body === 'string') {
      responses.delete(id)
      if (await sendJson(response, init.body)) return new Response(null, { status: 204 })
      throw new Error('The connection broke while the answer was sent in the response')
    }
    // Files fit into the callback route only.
    useCallbackRoute(responses, id)
    return discord.DefaultRestOptions.makeRequest(url, init.body instanceof FormData ? await asBytes(init) : init)
  }
}

/** Ends the open request, where there is one, with 202: the answer takes the callback route. */
export function useCallbackRoute(responses: InlineResponses, id: string): void {
  const response = responses.get(id)
  responses.delete(id)
  if (response && !response.headersSent) response.writeHead(202).end()
}

/** False when the connection broke before all of it was out. */
export function sendJson(response: ServerResponse, json: string): Promise<boolean> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(json) }
  return new Promise((resolve) => {
    if (response.headersSent || response.destroyed) return resolve(false)
    response.once('finish', () => resolve(true)).once('close', () => resolve(false))
    response.writeHead(200, headers).end(json)
  })
}

/**
 * Sends a form with files as bytes. As a stream it ends the whole process where Discord answers before it has read all
 * of it, as with a 500: Node goes on filling the stream, and nobody can catch what it throws.
 */
async function asBytes(init: Parameters<discord.RESTOptions['makeRequest']>[1]) {
  const form = new Response(init.body as FormData)
  const type = form.headers.get('content-type') ?? ''
  const headers = { ...(init.headers as Record<string, string>), 'content-type': type }
  return { ...init, headers, body: await form.bytes() }
}
