import { setTimeout as sleep } from 'node:timers/promises'
import { InteractionWebhook, type Client } from 'discord.js'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'
import { sanitize } from '../views/sanitize.ts'
import { payloadOf } from './acknowledge.ts'
import { onInteraction, type DiscordSettings, type KnownInteraction } from './client.ts'
import { gatewayConnection, httpConnection } from './connection.ts'
import { createDispatch } from './dispatch.ts'
import type { InlineResponse, InlineResponses } from './inline-responses.ts'
import type { Commands } from './load.ts'
import type { Deadlines } from './reply.ts'
import { registerCommands } from './register.ts'

/**
 * Sees to it that an interaction, signed by Discord, is answered. "unknown": it is none that this version knows;
 * "away": the program takes no new ones. Never rejects.
 */
export type Receive = (
  payload: { readonly id: string },
  response: InlineResponse,
) => Promise<'done' | 'unknown' | 'away'>

/** The bot on Discord. */
export interface Bot {
  /** Connects and registers the commands. Rejects with StartupError or StoreUnavailableError; may be left unsettled by stop(). */
  start(): Promise<void>
  /** Rejects with StartupError when Discord ends the session for good or the shards are lost; never resolves. */
  readonly ended: Promise<never>
  /** Undefined while commands can be answered, else why not. */
  trouble(): string | undefined
  /** Takes an interaction that came over HTTP. */
  readonly receive: Receive
  /** Changes the ephemeral answer behind the interaction token of a `/link`. Never rejects. */
  announceLink(token: string, result: { readonly spotifyName: string; readonly saved?: string }): Promise<void>
  /** Takes no new interactions, waits for those in flight, eight seconds at most, and leaves. */
  stop(): Promise<void>
}

// Longer than Spotify is waited for, and short enough for ten seconds in all.
const patience = 6_500
// For those who have to be told that there was not enough time.
const lastWords = 1_000
// Closing waits at most this long for the gateway and the store.
const closing = 500

/** A connection that start() opens and stop() closes, at any moment after that. */
export function createBot(
  client: Client,
  settings: DiscordSettings,
  { commands, app, responses }: { readonly commands: Commands; readonly app: App; readonly responses: InlineResponses },
  log: Log,
  deadlines?: Deadlines,
): Bot {
  const { clientId, guildId, publicKey } = settings
  const stopping = new AbortController()
  const leaving = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const dispatch = createDispatch(commands, app, responses, log, stopping.signal, deadlines)
  const ended = Promise.withResolvers<never>()
  ended.promise.catch(() => undefined)
  const parts = { store: app.store, log, signal: leaving.signal, fail: ended.reject }
  const gateway = publicKey === undefined ? gatewayConnection(client, settings, parts) : undefined
  const connection = gateway ?? httpConnection(client, publicKey ?? '', log)
  if (publicKey && settings.shards)
    log.warn('DISCORD_SHARDS has no effect with DISCORD_PUBLIC_KEY: remove one of them.')
  let phase: 'starting' | 'running' | 'stopping' = 'starting'
  const make = onInteraction(client, log, take)

  return {
    ended: ended.promise,
    async start() {
      const registered = registerCommands(commands, client.rest, app.store, clientId, guildId)
      // Both at once, but a connection that is half open does not close well.
      registered.catch(() => undefined)
      await Promise.race([connection.open(), ended.promise])
      const outcome = await Promise.race([registered, ended.promise])
      log.info({ commands: [...commands.keys()] }, `Commands ${outcome}`)
      if (phase === 'starting') phase = 'running'
    },
    trouble: () => (phase === 'running' ? connection.trouble() : phase),
    async receive(payload, response) {
      if (phase === 'stopping') return 'away'
      responses.open(payload.id, response)
      try {
        const handling = make(payload)
        await handling
        return handling ? 'done' : 'unknown'
      } finally {
        responses.forget(payload.id)
      }
    },
    async announceLink(token, { spotifyName, saved = '' }) {
      const content = `Linked as **${sanitize(spotifyName, 100)}**. \`/liked recent\` shows your songs. ${saved}`.trim()
      await new InteractionWebhook(client as Client<true>, clientId, token)
        .editMessage('@original', payloadOf({ content }))
        .catch((err: unknown) => log.debug({ err }, 'An ephemeral answer could not be changed'))
    },
    async stop() {
      phase = 'stopping'
      leaving.abort()
      await within(patience, Promise.allSettled(inFlight))
      stopping.abort()
      await within(lastWords, Promise.allSettled(inFlight))
      await within(closing, Promise.allSettled([connection.close()]))
    },
  }

  function take(interaction: KnownInteraction): Promise<void> {
    if (phase === 'stopping' || gateway?.isOurs() === false) return Promise.resolve()
    const handling = dispatch(interaction, publicKey !== undefined).finally(() => inFlight.delete(handling))
    inFlight.add(handling)
    return handling
  }
}

/** Waits for the work, but not longer than this. */
async function within(milliseconds: number, work: Promise<unknown>): Promise<void> {
  const timer = new AbortController()
  const late = sleep(milliseconds, undefined, { signal: timer.signal }).catch(() => undefined)
  await Promise.race([work, late]).finally(() => timer.abort())
}
