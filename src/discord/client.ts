import type { ServerResponse } from 'node:http'
import * as discord from 'discord.js'
import type { Config } from '../config.ts'
import type { Log } from '../log.ts'

const { ApplicationCommandOptionType: Type, Events } = discord

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

/** Those that commands can be made of. */
export type KnownInteraction = Exclude<discord.Interaction, discord.PrimaryEntryPointCommandInteraction>

/**
 * Has discord.js make an interaction of Discord's JSON, from the gateway and from HTTP alike, and gives it to `take`.
 * What it cannot read is a log line; discord.js alone would end the process. The function that is returned does the
 * same for a payload that was posted: undefined for one that is malformed or not known.
 */
export function onInteraction<Taken>(client: discord.Client, log: Log, take: (interaction: KnownInteraction) => Taken) {
  // The one private call: discord.js has no way of its own for interactions over HTTP.
  const { actions } = client as unknown as { actions: { InteractionCreate: { handle(payload: object): void } } }
  const action = actions.InteractionCreate
  const make = action.handle.bind(action)
  let taken: Taken | undefined
  client.on(Events.InteractionCreate, (interaction) => {
    if (isKnown(interaction)) taken = take(interaction)
  })
  const handle = (payload: object): Taken | undefined => {
    taken = undefined
    try {
      // Nothing here is bought, and without the gateway discord.js could not look entitlements up.
      make({ ...payload, entitlements: [] })
    } catch (err) {
      log.debug({ err }, 'discord.js could not read an interaction')
    }
    if (taken === undefined) log.warn(unknownInteraction)
    return taken
  }
  action.handle = handle
  return handle
}

/** discord.js takes these from the payload without a look. */
function isKnown(interaction: discord.Interaction): interaction is KnownInteraction {
  const { id, token, applicationId, user, guildId, memberPermissions } = interaction
  if (![id, applicationId, guildId ?? id].every((one) => isText(one, /^\d{1,20}$/)) || !isUser(user)) return false
  if (!isText(token, /^[\x21-\x7e]+$/) || typeof (memberPermissions?.bitfield ?? 0n) !== 'bigint') return false
  const values: unknown = interaction.isAnySelectMenu() ? interaction.values : []
  if (!Array.isArray(values) || !values.every((value) => isText(value))) return false
  if (interaction.isPrimaryEntryPointCommand()) return false
  if (interaction.isUserContextMenuCommand()) {
    const target = interaction.options.getUser('user')
    if (!isUser(target) || target.id !== interaction.targetId) return false
  }
  if (interaction.isMessageContextMenuCommand()) {
    if (interaction.options.getMessage('message')?.id !== interaction.targetId) return false
  }
  return isText('customId' in interaction ? interaction.customId : interaction.commandName)
}

function isText(value: unknown, shape = /^/): value is string {
  return typeof value === 'string' && shape.test(value)
}

/** What stands in the option that somebody types into; undefined where there is none. */
export function typedSoFar({ options }: discord.AutocompleteInteraction): string | undefined {
  try {
    const typed: unknown = options.getFocused()
    return isText(typed) ? typed : undefined
  } catch {
    return undefined
  }
}

/** Whether discord.js can say who it is: it looks at none of these before it is asked. */
function isUser(user: discord.User | null | undefined): user is discord.User {
  if (!user) return false
  const { id, username, globalName, avatar, discriminator } = user
  const isNamed = isText(username) && isText(globalName ?? '')
  return isNamed && isText(id, /^\d{17,20}$/) && isText(avatar ?? '', /^\w*$/) && isText(discriminator ?? '', /^\d*$/)
}

/**
 * Whether the options are ones that are declared, each once and of its type, resolved where it names somebody or a
 * channel, and none missing. discord.js checks type numbers only; Discord itself checks the rest, except where a client
 * or another replica still has the command of another release.
 */
export function optionsFit(
  declared: readonly Pick<discord.APIApplicationCommandBasicOption, 'name' | 'type' | 'required'>[],
  given: readonly discord.CommandInteractionOption[],
): boolean {
  if (declared.some(({ name, required }) => required && !given.some((option) => option.name === name))) return false
  if (new Set(given.map(({ name }) => name)).size < given.length) return false
  return given.every(
    (option) => declared.some(({ name, type }) => name === option.name && type === option.type) && hasValue(option),
  )
}

function hasValue({ type, value, user, channel, options }: discord.CommandInteractionOption): boolean {
  if (options) return false
  if (type === Type.Boolean) return typeof value === 'boolean'
  if (type === Type.Integer) return Number.isSafeInteger(value)
  if (type === Type.Number) return Number.isFinite(value)
  if (type === Type.User) return isUser(user) && user.id === value
  if (type === Type.Channel) return isText(value) && channel?.id === value
  return isText(value)
}

const unknownInteraction =
  'Discord sent an interaction that this version does not know, so nobody is answered: look for a newer version'
