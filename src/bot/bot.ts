import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Events, Options, Status, type Interaction } from 'discord.js'
import type { App } from '../app.ts'
import type { Log } from '../log.ts'
import type { LinkNews } from '../web/link.ts'
import { createCallback } from './callback.ts'
import { createDispatch, type Commands } from './dispatch.ts'
import { neutralise } from './format/neutralise.ts'
import { registerCommands } from './register.ts'

/** Discord refuses the token, or will never take this session back: only the operator can help. */
export class DiscordRefusedError extends Error {
  override readonly name = 'DiscordRefusedError'
}

export interface BotSettings {
  readonly token: string
  readonly clientId: string
  readonly guildId?: string | undefined
  /** Such as `https://discord.com/api`. */
  readonly apiUrl: string
  /** The slice of shards that this process holds; all when undefined. */
  readonly shards: { readonly ids: readonly number[]; readonly total: number } | undefined
}

/** The connection to Discord. */
export interface Bot {
  /**
   * Logs in and registers the commands. Rejects with DiscordRefusedError, RegistrationError or
   * StoreUnavailableError; may be left unsettled by stop().
   */
  start(): Promise<void>
  /** Rejects with DiscordRefusedError when Discord ends the session for good; never resolves. */
  readonly ended: Promise<never>
  /** Undefined while commands can be answered, else why not. */
  trouble(): string | undefined
  /** Turns the private answer that a `/link` interaction's token stands for into the news. Never rejects. */
  announceLink(token: string, news: LinkNews): Promise<void>
  /** Takes no new interactions, waits for those in flight, nine seconds at most, and leaves. */
  stop(): Promise<void>
}

// Longer than Spotify is waited for, and short enough for ten seconds in all.
const patience = 9_000
// A gateway that does not say goodbye is left standing.
const goodbye = 1_000

/** A connection that start() opens and stop() closes, at any moment after that. */
export function createBot(settings: BotSettings, commands: Commands, app: App, log: Log): Bot {
  const client = createClient(settings)
  const stopping = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const dispatch = createDispatch(commands, app, client.rest, log, stopping.signal)
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  let phase: 'starting' | 'running' | 'stopping' = 'starting'

  const take = (interaction: Interaction): void => {
    const handling = dispatch(interaction).finally(() => inFlight.delete(handling))
    inFlight.add(handling)
  }
  client.on(Events.InteractionCreate, take)
  client.on(Events.Error, (err) => log.error({ err }, 'The connection to Discord had an error'))
  // Sent for the close codes after which discord.js does not come back, and only for those.
  client.on(Events.ShardDisconnect, ({ code }) => ended.reject(new DiscordRefusedError(closeHint(code))))

  return {
    ended: ended.promise,
    async start() {
      await Promise.race([login(client, settings.token), ended.promise])
      const registered = registerCommands(commands, client.rest, app.store, settings.clientId, settings.guildId)
      const outcome = await Promise.race([registered, ended.promise])
      log.info({ commands: [...commands.keys()] }, `Commands ${outcome}`)
      if (phase === 'starting') phase = 'running'
    },
    trouble() {
      if (phase !== 'running') return phase
      return client.ws.shards.every(({ status }) => status === Status.Ready) ? undefined : 'not connected to Discord'
    },
    async announceLink(token, { spotifyName, saved = '' }) {
      const callback = createCallback(client.rest, { id: '', token, applicationId: settings.clientId })
      const content =
        `Linked as **${neutralise(spotifyName, 100)}**. \`/liked recent\` shows your songs. ${saved}`.trim()
      await callback
        .edit({ content })
        .catch((err: unknown) => log.debug({ err }, 'A private answer could not be changed'))
    },
    async stop() {
      phase = 'stopping'
      client.off(Events.InteractionCreate, take)
      await within(patience, Promise.allSettled(inFlight))
      stopping.abort()
      await within(goodbye, client.destroy())
    },
  }
}

/** Waits for the work, but not longer than this. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work, late]).finally(() => timer.abort())
}

/** No intents: interactions arrive without, and nothing needs to be kept. */
function createClient({ apiUrl, shards }: BotSettings): Client {
  return new Client({
    intents: [],
    ...(shards && { shards: shards.ids, shardCount: shards.total }),
    rest: {
      api: apiUrl,
      timeout: 10_000,
      // The default of 50 a second counts answers to interactions as well, which Discord does not; real 429s are still honoured.
      globalRequestsPerSecond: 1_000,
    },
    makeCache: Options.cacheWithLimits({
      ...Options.DefaultMakeCacheSettings,
      MessageManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user?.id },
      GuildMemberManager: 0,
    }),
    allowedMentions: { parse: [] },
  })
}

async function login(client: Client, token: string): Promise<void> {
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve))
  try {
    await client.login(token)
    await ready
  } catch (cause) {
    const refused = (cause as { code?: unknown }).code === 'TokenInvalid'
    const why = refused
      ? 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'
      : 'Discord cannot be reached.'
    throw new DiscordRefusedError(why, { cause })
  }
}

function closeHint(code: number): string {
  if (code === 4004) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}
