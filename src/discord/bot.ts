import type { ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Events, Status, type Client } from 'discord.js'
import type { Config } from '../config.ts'
import type { App } from '../context.ts'
import { StartupError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { InlineResponses } from './client.ts'
import { onInteraction, type KnownInteraction } from './known-interactions.ts'
import { beginSession, closeHint, compareKeys } from './connecting.ts'
import { createDispatch, type Deadlines } from './dispatch.ts'
import type { Commands } from './load.ts'
import { commandIds, registerCommands } from './register.ts'
import { inTime } from './reply.ts'
import { takeShards, type Shards } from './shards.ts'
import { doOrWait, type Waits } from './waits.ts'

export type Receive = ReturnType<typeof createBot>['receive']

// Longer than Spotify is waited for, and short enough for ten seconds in all.
const patience = 6_500
// For those who have to be told that there was not enough time.
const lastWords = 1_000
// For what the start can do without.
const aside = 3_000
// Closing waits at most this long for the gateway and the store.
const closing = 500
// A balancer that asks for /health this often is told that this process stops, for this long, before it takes no more.
const askedOften = 3_000
const draining = 2_000

interface BotParts {
  readonly commands: Commands
  /** The same as Discord is told of them; rejects with LocaleError. Without it, in English. */
  readonly inAllLanguages?: () => Promise<Commands>
  readonly app: App
  readonly responses: InlineResponses
  readonly waits: Waits
}

/** The bot on Discord: a connection that start() opens and stop() closes, at any moment after that. */
export function createBot(
  client: Client,
  { apiUrl, clientId, guildId, publicKey, shards: slice, token }: Config['discord'],
  { commands, inAllLanguages = async () => commands, app, responses, waits }: BotParts,
  log: Log,
  deadlines?: Deadlines,
) {
  const stopping = new AbortController()
  const leaving = new AbortController()
  const inFlight = new Set<Promise<void>>()
  const dispatch = createDispatch(commands, app, responses, log, stopping.signal, deadlines)
  const { promise: ended, reject: fail } = Promise.withResolvers<never>()
  ended.catch(() => undefined)
  let phase: 'starting' | 'running' | 'stopping' = 'starting'
  let takesNone = false
  /** When /health was asked for last, and before that. */
  let asked = [-Infinity, -Infinity] as const
  let shards: Shards | undefined
  const make = onInteraction(client, log, take)
  if (publicKey && slice) log.warn('DISCORD_SHARDS has no effect with DISCORD_PUBLIC_KEY: remove one of them.')

  // discord.js does not connect again after these.
  client.on(Events.ShardDisconnect, ({ code }) => fail(new StartupError(closeHint(code))))
  client.on(Events.ShardError, (err) => {
    if (client.isReady()) log.warn({ err }, connectionError)
  })
  // Without a listener it would end the process.
  client.on(Events.Error, (err) => log.warn({ err }, connectionError))
  // discord.js tries again twice a second for ever, and tells nobody.
  let refusedAt = -Infinity
  client.on(Events.ShardReconnecting, () => {
    if (phase !== 'starting' || performance.now() - refusedAt < 60_000) return
    refusedAt = performance.now()
    log.warn(`${connectionRefused} ${client.ws.gateway}`)
  })

  /**
   * Connects and registers the commands; where Discord has the commands wait, without them. Rejects with StartupError or
   * StoreUnavailableError; may be left unsettled by stop().
   */
  async function start(): Promise<void> {
    const registered = doOrWait(register, leaving.signal, failedLater)
    // Both at once, but a connection that is half open does not close well.
    registered.catch(() => undefined)
    await Promise.race([publicKey === undefined ? connect() : inTime(compare(publicKey), aside), ended])
    await Promise.race([registered, ended])
    if (phase === 'starting') phase = 'running'
  }

  /** Commands are answered without it, so a Discord that is slow to say who we are keeps nobody waiting. */
  function compare(key: string): Promise<void> {
    const compared = doOrWait(() => compareKeys(client.rest, key, apiUrl, log), leaving.signal, failedLater)
    compared.catch(fail)
    return compared
  }

  async function register(): Promise<void> {
    const nameCommands = async (): Promise<void> =>
      app.languages.setCommandIds(await commandIds(app.store, clientId, guildId))
    // Those of the last start serve until Discord takes the commands, and after that the same ids belong to the same names.
    await nameCommands()
    const outcome = await registerCommands(await inAllLanguages(), client.rest, app.store, {
      apiUrl,
      clientId,
      guildId,
    })
    if (outcome === 'registered') await nameCommands()
    log.info({ commands: [...commands.keys()] }, `Commands ${outcome}`)
  }

  function failedLater(err: unknown): void {
    log.error({ err }, 'What Discord had wait at the start has failed; it is tried again in ten minutes')
  }

  async function connect(): Promise<void> {
    if (slice) {
      shards = await takeShards(app.store, slice, log, leaving.signal)
      shards.lost.catch(fail)
    }
    await beginSession(client, token, { apiUrl, slice, waits, signal: leaving.signal })
  }

  /** Undefined while commands can be answered, else why not. Called for each time that /health is asked for. */
  function trouble(): string | undefined {
    asked = [performance.now(), asked[0]]
    if (phase !== 'running') return phase
    const all = client.ws.shards
    const isConnected = publicKey !== undefined || (all.size > 0 && all.every(({ status }) => status === Status.Ready))
    return isConnected ? undefined : 'not connected to Discord'
  }

  /**
   * Takes an interaction that came over HTTP, signed by Discord, and sees to it that it is answered. "unknown": it is
   * none that this version knows; "away": the program takes no new ones. Never rejects.
   */
  async function receive(id: string, payload: object, response: ServerResponse) {
    if (takesNone) return 'away'
    responses.set(id, response)
    try {
      const handling = make(payload)
      await handling
      return handling ? 'done' : 'unknown'
    } finally {
      responses.delete(id)
    }
  }

  function take(interaction: KnownInteraction): Promise<void> {
    // What comes after the shards were lost is another process's to answer.
    if (takesNone || shards?.isHeld() === false) return Promise.resolve()
    const handling = dispatch(interaction, publicKey !== undefined).finally(() => inFlight.delete(handling))
    inFlight.add(handling)
    return handling
  }

  /**
   * Takes no new interactions, once a balancer that asks often knows; waits for those in flight, seven and a half seconds
   * at most, and leaves.
   */
  async function stop(): Promise<void> {
    phase = 'stopping'
    leaving.abort()
    const drains = publicKey !== undefined && performance.now() - asked[1] < askedOften
    if (drains) await sleep(draining)
    takesNone = true
    await inTime(Promise.allSettled(inFlight), patience - (drains ? draining : 0))
    stopping.abort()
    await inTime(Promise.allSettled(inFlight), lastWords)
    // A gateway that does not close keeps nobody from the shards.
    await inTime(Promise.allSettled([client.destroy(), shards?.release()]), closing)
  }

  /** `ended` rejects with StartupError when Discord ends the session for good or the shards are lost; it never resolves. */
  return { start, ended, trouble, receive, stop }
}

const connectionError = 'The connection to Discord had an error; it is made again, and /health tells'

const connectionRefused =
  'Discord’s gateway has closed the connection or did not take it; it is tried again. If this goes on, check that this machine may open WebSocket connections to'
