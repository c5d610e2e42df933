import { setTimeout as sleep } from 'node:timers/promises'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'
import type { Inline, Receive } from '../web/interactions.ts'
import type { LinkResult } from '../linking/routes.ts'
import { createCallback } from './callback.ts'
import { endpoint } from './connection.ts'
import { createDispatch, type Commands } from './dispatch.ts'
import { sanitize } from '../views/sanitize.ts'
import { gateway, type GatewaySettings } from './gateway.ts'
import { readInteraction, type Interaction } from './interaction.ts'
import { registerCommands } from './register.ts'
import { createResponder } from './respond.ts'
import { createRest } from './rest.ts'

export interface BotSettings extends GatewaySettings {
  /** Such as `https://discord.com/api`. */
  readonly apiUrl: string
  readonly clientId: string
  readonly guildId?: string | undefined
  /** Hex; with it, interactions come through `receive`, and the gateway is left alone. */
  readonly publicKey?: string | undefined
}

/** The connection to Discord. */
export interface Bot {
  /**
   * Opens the way to Discord and registers the commands. Rejects with DiscordRefusedError, RegistrationError or
   * StoreUnavailableError; may be left unsettled by stop().
   */
  start(): Promise<void>
  /** Rejects with DiscordRefusedError when Discord ends the session for good, or ShardsLostError; never resolves. */
  readonly ended: Promise<never>
  /** Undefined while commands can be answered, else why not. */
  trouble(): string | undefined
  /** Takes an interaction that came over HTTP the same way as one from the gateway. */
  readonly receive: Receive
  /** Turns the private answer that a `/link` interaction's token stands for into the news. Never rejects. */
  announceLink(token: string, news: LinkResult): Promise<void>
  /** Takes no new interactions, waits for those in flight, eight seconds at most, and leaves. */
  stop(): Promise<void>
}

// Longer than Spotify is waited for, and short enough for ten seconds in all.
const patience = 6_500
// For those who have to be told that there was not enough time.
const lastWords = 1_000
// A gateway or a store that does not say goodbye is left standing.
const goodbye = 500

/** A connection that start() opens and stop() closes, at any moment after that. */
export function createBot(settings: BotSettings, commands: Commands, app: App, log: Log): Bot {
  const { token, clientId, guildId, publicKey } = settings
  const rest = createRest(settings.apiUrl, token)
  const responder = createResponder(rest, settings.apiUrl)
  const ways = { rest, respond: responder.respond }
  const stopping = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const dispatch = createDispatch(commands, app, ways, log, stopping.signal)
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  const leaving = new AbortController()
  const parts = { rest, store: app.store, log, signal: leaving.signal, take, fail: ended.reject }
  const connection = publicKey ? endpoint(rest, publicKey, log) : gateway(settings, parts)
  if (publicKey && settings.shards)
    log.warn('DISCORD_SHARDS has no effect with DISCORD_PUBLIC_KEY: remove one of them.')
  let phase: 'starting' | 'running' | 'stopping' = 'starting'

  return {
    ended: ended.promise,
    async start() {
      const registered = registerCommands(commands, rest, app.store, clientId, guildId)
      // Told side by side, but a connection that is half open does not close well.
      registered.catch(() => undefined)
      await Promise.race([connection.open(), ended.promise])
      const outcome = await Promise.race([registered, ended.promise])
      log.info({ commands: [...commands.keys()] }, `Commands ${outcome}`)
      if (phase === 'starting') phase = 'running'
    },
    trouble: () => (phase === 'running' ? connection.trouble() : phase),
    async receive(payload, inline) {
      if (phase === 'stopping') return 'away'
      const interaction = readInteraction(payload)
      if (!interaction) return 'unknown'
      await handle(interaction, inline)
      return 'done'
    },
    async announceLink(linkToken, { spotifyName, saved = '' }) {
      const callback = createCallback(ways, { id: '', token: linkToken, applicationId: clientId })
      const content = `Linked as **${sanitize(spotifyName, 100)}**. \`/liked recent\` shows your songs. ${saved}`.trim()
      await callback
        .edit({ content })
        .catch((err: unknown) => log.debug({ err }, 'A private answer could not be changed'))
    },
    async stop() {
      phase = 'stopping'
      leaving.abort()
      await within(patience, Promise.allSettled(inFlight))
      stopping.abort()
      await within(lastWords, Promise.allSettled(inFlight))
      await within(goodbye, Promise.allSettled([connection.close(), responder.close()]))
      rest.clearHashSweeper()
      rest.clearHandlerSweeper()
    },
  }

  function handle(interaction: Interaction, inline?: Inline): Promise<void> {
    const handling = dispatch(interaction, inline).finally(() => inFlight.delete(handling))
    inFlight.add(handling)
    return handling
  }

  function take(payload: object): void {
    const interaction = phase === 'stopping' ? undefined : readInteraction(payload)
    if (interaction) void handle(interaction)
  }
}

/** Waits for the work, but not longer than this. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work, late]).finally(() => timer.abort())
}
