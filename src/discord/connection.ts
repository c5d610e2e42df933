import { DiscordAPIError, type REST } from '@discordjs/rest'
import { Routes } from 'discord-api-types/v10'
import type { Log } from '../log.ts'
import { badToken, DiscordRefusedError } from './errors.ts'

/** The way on which interactions come. */
export interface Connection {
  /** Rejects with DiscordRefusedError or StoreUnavailableError. */
  open(): Promise<void>
  /** Undefined while interactions arrive, else why not. */
  trouble(): string | undefined
  close(): Promise<void>
}

/** Interactions are posted to us; only whether Discord knows us is asked. */
export function endpoint(rest: REST, publicKey: string, log: Log): Connection {
  return {
    async open() {
      try {
        const { verify_key: key } = (await rest.get(Routes.currentApplication())) as { verify_key?: string }
        if (key && key.toLowerCase() !== publicKey.toLowerCase()) log.warn(otherKey)
      } catch (cause) {
        if (cause instanceof DiscordAPIError && cause.status === 401) throw new DiscordRefusedError(badToken, { cause })
        log.debug({ err: cause }, 'Discord did not say which application this is')
      }
    },
    trouble: () => undefined,
    async close() {},
  }
}

const otherKey =
  'DISCORD_PUBLIC_KEY is not the one that Discord has for this application, so everything it sends will be refused. ' +
  'Copy the public key again, under General Information in the Discord developer portal.'
