import { InteractionWebhook, type Client } from 'discord.js'
import type { Config } from '../config.ts'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'
import { sanitize } from '../views/sanitize.ts'
import { onInteraction, type InlineResponse, type InlineResponses, type KnownInteraction } from './client.ts'
import { checkPublicKey, createGateway } from './connection.ts'
import { createDispatch, type Deadlines } from './dispatch.ts'
import type { Commands } from './load.ts'
import { registerCommands } from './register.ts'
import { inTime, payloadOf } from './reply.ts'

export type Receive = ReturnType<typeof createBot>['receive']

// Longer than Spotify is waited for, and short enough for ten seconds in all.
const patience = 6_500
// For those who have to be told that there was not enough time.
const lastWords = 1_000
// Closing waits at most this long for the gateway and the store.
const closing = 500

/** The bot on Discord: a connection that start() opens and stop() closes, at any moment after that. */
export function createBot(
  client: Client,
  settings: Config['discord'],
  { commands, app, responses }: { readonly commands: Commands; readonly app: App; readonly responses: InlineResponses },
  log: Log,
  deadlines?: Deadlines,
) {
  const { clientId, guildId, publicKey } = settings
  const stopping = new AbortController()
  const leaving = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const dispatch = createDispatch(commands, app, responses, log, stopping.signal, deadlines)
  const { promise: ended, reject: fail } = Promise.withResolvers<never>()
  ended.catch(() => undefined)
  const gateway = createGateway(client, settings, app.store, log, fail)
  if (publicKey && settings.shards)
    log.warn('DISCORD_SHARDS has no effect with DISCORD_PUBLIC_KEY: remove one of them.')
  let phase: 'starting' | 'running' | 'stopping' = 'starting'
  const make = onInteraction(client, log, take)

  /** Connects and registers the commands. Rejects with StartupError or StoreUnavailableError; may be left unsettled by stop(). */
  async function start(): Promise<void> {
    const registered = registerCommands(commands, client.rest, app.store, clientId, guildId)
    // Both at once, but a connection that is half open does not close well.
    registered.catch(() => undefined)
    const open = publicKey === undefined ? gateway.open(leaving.signal) : checkPublicKey(client, publicKey, log)
    await Promise.race([open, ended])
    const outcome = await Promise.race([registered, ended])
    log.info({ commands: [...commands.keys()] }, `Commands ${outcome}`)
    if (phase === 'starting') phase = 'running'
  }

  /** Undefined while commands can be answered, else why not. */
  function trouble(): string | undefined {
    if (phase !== 'running') return phase
    return publicKey === undefined ? gateway.trouble() : undefined
  }

  /**
   * Takes an interaction that came over HTTP, signed by Discord, and sees to it that it is answered. "unknown": it is
   * none that this version knows; "away": the program takes no new ones. Never rejects.
   */
  async function receive(payload: { readonly id: string }, response: InlineResponse) {
    if (phase === 'stopping') return 'away'
    responses.set(payload.id, response)
    try {
      const handling = make(payload)
      await handling
      return handling ? 'done' : 'unknown'
    } finally {
      responses.delete(payload.id)
    }
  }

  function take(interaction: KnownInteraction): Promise<void> {
    if (phase === 'stopping' || gateway.shards?.held() === false) return Promise.resolve()
    const handling = dispatch(interaction, publicKey !== undefined).finally(() => inFlight.delete(handling))
    inFlight.add(handling)
    return handling
  }

  /** Changes the ephemeral answer behind the interaction token of a `/link`. Never rejects. */
  async function announceLink(
    token: string,
    { spotifyName, saved = '' }: { readonly spotifyName: string; readonly saved?: string },
  ): Promise<void> {
    const content = `Linked as **${sanitize(spotifyName, 100)}**. \`/liked recent\` shows your songs. ${saved}`.trim()
    await new InteractionWebhook(client as Client<true>, clientId, token)
      .editMessage('@original', payloadOf({ content }))
      .catch((err: unknown) => log.debug({ err }, 'An ephemeral answer could not be changed'))
  }

  /** Takes no new interactions, waits for those in flight, eight seconds at most, and leaves. */
  async function stop(): Promise<void> {
    phase = 'stopping'
    leaving.abort()
    await inTime(Promise.allSettled(inFlight), patience)
    stopping.abort()
    await inTime(Promise.allSettled(inFlight), lastWords)
    // A gateway that does not close keeps nobody from the shards.
    await inTime(Promise.allSettled([client.destroy(), gateway.shards?.release()]), closing)
  }

  /** `ended` rejects with StartupError when Discord ends the session for good or the shards are lost; it never resolves. */
  return { start, ended, trouble, receive, announceLink, stop }
}
