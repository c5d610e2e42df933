import { DiscordAPIError, Events, Routes, Status, type Client } from 'discord.js'
import type { App } from '../app.ts'
import type { Log } from '../log.ts'
import { badToken, closeHint, login } from './client.ts'
import { DiscordRefusedError } from './errors.ts'
import { takeShards, type Shards, type Slice } from './shards.ts'

/** The way on which interactions come. */
export interface Connection {
  /** Rejects with DiscordRefusedError or StoreUnavailableError. */
  open(): Promise<void>
  /** Whether what comes now is ours to answer. */
  ours(): boolean
  /** Undefined while interactions arrive, else why not. */
  trouble(): string | undefined
  /** After the client has left. */
  close(): Promise<void>
}

/** Discord's gateway. `fail` is told once when Discord ends the session for good, or the shards are another's. */
export function gateway(
  client: Client,
  { token, shards: slice }: { readonly token: string; readonly shards: Slice | undefined },
  { store, log, signal, fail }: { store: App['store']; log: Log; signal: AbortSignal; fail(error: unknown): void },
): Connection {
  let shards: Shards | undefined
  // Sent for the close codes after which discord.js does not come back, and only for those.
  client.on(Events.ShardDisconnect, ({ code }) => fail(new DiscordRefusedError(closeHint(code))))

  return {
    async open() {
      if (slice) {
        shards = await takeShards(store, slice, log, signal)
        shards.lost.catch(fail)
      }
      await login(client, token)
    },
    ours: () => !shards || shards.held(),
    trouble: () =>
      client.ws.shards.every(({ status }) => status === Status.Ready) ? undefined : 'not connected to Discord',
    close: async () => shards?.release(),
  }
}

/** Interactions are posted to us; only whether Discord knows us is asked. */
export function endpoint(client: Client, publicKey: string, log: Log): Connection {
  return {
    async open() {
      try {
        const { verify_key: key } = (await client.rest.get(Routes.currentApplication())) as { verify_key?: string }
        if (key && key.toLowerCase() !== publicKey.toLowerCase()) log.warn(otherKey)
      } catch (cause) {
        if (cause instanceof DiscordAPIError && cause.status === 401) throw new DiscordRefusedError(badToken, { cause })
        log.debug({ err: cause }, 'Discord did not say which application this is')
      }
    },
    ours: () => true,
    trouble: () => undefined,
    async close() {},
  }
}

const otherKey =
  'DISCORD_PUBLIC_KEY is not the one that Discord has for this application, so everything it sends will be refused. ' +
  'Copy the public key again, under General Information in the Discord developer portal.'
