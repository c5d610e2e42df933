import { DiscordAPIError, Events, GatewayCloseCodes as Code, Routes, type Client } from 'discord.js'
import { StartupError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import type { DiscordSettings } from './client.ts'
import { takeShards, type Shards } from './shards.ts'

/** The way on which interactions come. */
export interface DiscordConnection {
  /** Rejects with StartupError or StoreUnavailableError. */
  open(): Promise<void>
  /** Undefined while interactions arrive, else why not. */
  trouble(): string | undefined
  close(): Promise<void>
}

export const badToken = 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'

/** Interactions are posted to us; only whether Discord knows us is asked. */
export function httpConnection(client: Client, publicKey: string, log: Log): DiscordConnection {
  return {
    async open() {
      try {
        const answer = await client.rest.get(Routes.currentApplication())
        const { verify_key: key } = answer as { verify_key?: string }
        if (key && key.toLowerCase() !== publicKey.toLowerCase()) log.warn(otherKey)
      } catch (cause) {
        if (cause instanceof DiscordAPIError && cause.status === 401) throw new StartupError(badToken, { cause })
        log.debug({ err: cause }, 'Discord did not say which application this is')
      }
    },
    trouble: () => undefined,
    close: () => client.destroy(),
  }
}

const otherKey =
  'DISCORD_PUBLIC_KEY is not the one that Discord has for this application, so everything it sends will be refused. ' +
  'Copy the public key again, under General Information in the Discord developer portal.'

export interface GatewayParts {
  readonly store: Pick<Store, 'lease'>
  readonly log: Log
  /** Ends the wait for shards that another process holds. */
  readonly signal: AbortSignal
  /** Called once when Discord ends the session for good, or the shards are another's. */
  fail(error: unknown): void
}

/** Discord's gateway. `isOurs` says whether what it brings is ours to answer: not after the shards were lost. */
export function gatewayConnection(
  client: Client,
  { token, shards: slice }: DiscordSettings,
  { store, log, signal, fail }: GatewayParts,
): DiscordConnection & { isOurs(): boolean } {
  const ready = new Set<number>()
  let shards: Shards | undefined
  let isOpen = false

  client.on(Events.ShardReady, (id) => ready.add(id))
  client.on(Events.ShardResume, (id) => ready.add(id))
  client.on(Events.ShardReconnecting, (id) => ready.delete(id))
  // discord.js does not connect again after these.
  client.on(Events.ShardDisconnect, ({ code }, id) => {
    ready.delete(id)
    fail(new StartupError(closeHint(code)))
  })
  client.on(Events.ShardError, (err) => {
    if (isOpen) log.warn({ err }, connectionError)
  })
  // Without a listener it would end the process.
  client.on(Events.Error, (err) => log.warn({ err }, connectionError))

  return {
    isOurs: () => !shards || shards.held(),
    async open() {
      if (slice) {
        shards = await takeShards(store, slice, log, signal)
        shards.lost.catch(fail)
      }
      try {
        await client.login(token)
        isOpen = true
      } catch (cause) {
        const refused = (cause as { code?: unknown }).code === 'TokenInvalid'
        throw new StartupError(refused ? badToken : 'Discord cannot be reached.', { cause })
      }
    },
    trouble: () => (ready.size > 0 && ready.size === client.ws.shards.size ? undefined : 'not connected to Discord'),
    async close() {
      // A gateway that does not close keeps nobody from the shards.
      await Promise.allSettled([client.destroy(), shards?.release()])
    },
  }
}

const connectionError = 'The connection to Discord had an error; it is made again, and /health tells'

function closeHint(code: number): string {
  const badTokenCode: number = Code.AuthenticationFailed
  if (code === badTokenCode) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}
