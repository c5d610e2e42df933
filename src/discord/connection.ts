import {
  DiscordAPIError,
  Events,
  GatewayCloseCodes as Code,
  Routes,
  Status,
  type APIApplication,
  type Client,
} from 'discord.js'
import type { Config } from '../config.ts'
import { StartupError } from '../errors.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { takeShards, type Shards } from './shards.ts'

export const badToken = 'Discord does not accept DISCORD_TOKEN. Copy the bot token again.'

/** Where interactions are posted to us, only whether Discord knows us is asked. Rejects with StartupError. */
export async function checkPublicKey(client: Client, publicKey: string, log: Log): Promise<void> {
  try {
    const { verify_key: key } = (await client.rest.get(Routes.currentApplication())) as APIApplication
    if (key.toLowerCase() !== publicKey.toLowerCase()) log.warn(otherKey)
  } catch (cause) {
    if (cause instanceof DiscordAPIError && cause.status === 401) throw new StartupError(badToken, { cause })
    log.debug({ err: cause }, 'Discord did not say which application this is')
  }
}

const otherKey =
  'DISCORD_PUBLIC_KEY is not the one that Discord has for this application, so everything it sends will be refused. ' +
  'Copy the public key again, under General Information in the Discord developer portal.'

/** Discord's gateway. `fail` is called when Discord ends the session for good, or the shards are another's. */
export function createGateway(
  client: Client,
  { token, shards: slice }: Config['discord'],
  store: Pick<Store, 'lease'>,
  log: Log,
  fail: (error: unknown) => void,
) {
  // discord.js does not connect again after these.
  client.on(Events.ShardDisconnect, ({ code }) => fail(new StartupError(closeHint(code))))
  client.on(Events.ShardError, (err) => {
    if (client.isReady()) log.warn({ err }, connectionError)
  })
  // Without a listener it would end the process.
  client.on(Events.Error, (err) => log.warn({ err }, connectionError))

  const gateway = {
    /** Where this process holds a slice: what comes after it was lost is another's to answer. */
    shards: undefined as Shards | undefined,

    /** The signal ends the wait for shards that another process holds. Rejects with StartupError or StoreUnavailableError. */
    async open(signal: AbortSignal): Promise<void> {
      if (slice) {
        gateway.shards = await takeShards(store, slice, log, signal)
        gateway.shards.lost.catch(fail)
      }
      try {
        await client.login(token)
      } catch (cause) {
        const refused = (cause as { code?: unknown }).code === 'TokenInvalid'
        throw new StartupError(refused ? badToken : 'Discord cannot be reached.', { cause })
      }
    },

    /** Undefined while interactions arrive, else why not. */
    trouble(): string | undefined {
      const { shards } = client.ws
      const isReady = shards.size > 0 && shards.every(({ status }) => status === Status.Ready)
      return isReady ? undefined : 'not connected to Discord'
    },
  }
  return gateway
}

const connectionError = 'The connection to Discord had an error; it is made again, and /health tells'

function closeHint(code: number): string {
  const badTokenCode: number = Code.AuthenticationFailed
  if (code === badTokenCode) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}
