import { DiscordAPIError, Events, GatewayCloseCodes as Code, Routes, Status, type Client } from 'discord.js'
import type { Config } from '../config.ts'
import { StartupError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { takeShards, type Shards } from './shards.ts'

/** The way on which interactions come. */
export interface DiscordConnection {
  /** Rejects with StartupError or StoreUnavailableError. */
  open(): Promise<void>
  /** Undefined while interactions arrive, else why not. */
  trouble(): string | undefined
  close(): Promise<unknown>
  /** Where this process holds a slice: what comes after it was lost is another's to answer. */
  shards?: Shards
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

/**
 * Discord's gateway. The signal ends the wait for shards that another process holds; `fail` is called when Discord ends
 * the session for good, or the shards are another's.
 */
export function gatewayConnection(
  client: Client,
  { token, shards: slice }: Config['discord'],
  store: Pick<Store, 'lease'>,
  log: Log,
  signal: AbortSignal,
  fail: (error: unknown) => void,
): DiscordConnection {
  // discord.js does not connect again after these.
  client.on(Events.ShardDisconnect, ({ code }) => fail(new StartupError(closeHint(code))))
  client.on(Events.ShardError, (err) => {
    if (client.isReady()) log.warn({ err }, connectionError)
  })
  // Without a listener it would end the process.
  client.on(Events.Error, (err) => log.warn({ err }, connectionError))

  const connection: DiscordConnection = {
    async open() {
      if (slice) {
        connection.shards = await takeShards(store, slice, log, signal)
        connection.shards.lost.catch(fail)
      }
      try {
        await client.login(token)
      } catch (cause) {
        const refused = (cause as { code?: unknown }).code === 'TokenInvalid'
        throw new StartupError(refused ? badToken : 'Discord cannot be reached.', { cause })
      }
    },
    trouble() {
      const { shards } = client.ws
      const isReady = shards.size > 0 && shards.every(({ status }) => status === Status.Ready)
      return isReady ? undefined : 'not connected to Discord'
    },
    // A gateway that does not close keeps nobody from the shards.
    close: () => Promise.allSettled([client.destroy(), connection.shards?.release()]),
  }
  return connection
}

const connectionError = 'The connection to Discord had an error; it is made again, and /health tells'

function closeHint(code: number): string {
  const badTokenCode: number = Code.AuthenticationFailed
  if (code === badTokenCode) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}
