import { Client, DefaultRestOptions, Events, Options, type RESTOptions } from 'discord.js'
import { DiscordRefusedError } from './errors.ts'

export interface ClientSettings {
  /** Such as `https://discord.com/api`. */
  readonly apiUrl: string
  /** The slice of shards that this process holds; all when undefined. */
  readonly shards: { readonly ids: readonly number[]; readonly total: number } | undefined
}

/** No intents: interactions arrive without, and nothing needs to be kept of them. */
export function createClient({ apiUrl, shards }: ClientSettings): Client {
  const client = new Client({
    intents: [],
    ...(shards && { shards: shards.ids, shardCount: shards.total }),
    rest: {
      api: apiUrl,
      timeout: 10_000,
      // The default of 50 a second counts answers to interactions as well, which Discord does not; real 429s are still honoured.
      globalRequestsPerSecond: 1_000,
      // It keeps a queue for every interaction that was answered late, and lets go of them once an hour.
      handlerSweepInterval: 15_000,
      makeRequest: asBytes,
    },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user?.id },
      GuildMemberManager: 0,
      EntitlementManager: 0,
    }),
    allowedMentions: { parse: [] },
  })
  // Their ids come with the session, and nothing else of them ever does.
  client.on(Events.ShardReady, () => client.guilds.cache.clear())
  return client
}

/**
 * Sends a form with files as bytes. As a stream it ends the whole process where Discord answers before it has read all
 * of it, as with a 500: Node goes on filling the stream, and nobody can catch what it throws.
 */
const asBytes: RESTOptions['makeRequest'] = async (url, init) => {
  const { makeRequest } = DefaultRestOptions
  if (!(init.body instanceof FormData)) return makeRequest(url, init)
  const form = new Response(init.body)
  const type = form.headers.get('content-type') ?? ''
  const headers = { ...(init.headers as Record<string, string>), 'content-type': type }
  return makeRequest(url, { ...init, headers, body: await form.bytes() })
}

/** Resolves when every shard is ready. Rejects with DiscordRefusedError. */
export async function login(client: Client, token: string): Promise<void> {
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  try {
    await client.login(token)
    await ready
  } catch (cause) {
    const refused = (cause as { code?: unknown }).code === 'TokenInvalid'
    throw new DiscordRefusedError(refused ? badToken : 'Discord cannot be reached.', { cause })
  }
}

export function closeHint(code: number): string {
  if (code === 4004) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}

export const badToken = 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'
