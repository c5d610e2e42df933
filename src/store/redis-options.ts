import type { RedisClientConnectionType } from '@keyv/redis'
import type { RedisAddress } from './redis-address.ts'
import { trusting } from './redis-probe.ts'

/** node-redis, for one server, for the master behind Sentinels, or for a cluster. */
export interface RedisClient {
  /** The client itself, for Keyv. With Sentinels it is another one after a failover. */
  readonly node: RedisClientConnectionType
  /** Where it is connected, or tries to: with `isNamed`, the master that Sentinels have named. */
  readonly address: RedisAddress
  readonly isNamed: boolean
  connect(): Promise<unknown>
  close(): void
  /** Sends one command about one key. */
  send(key: string, command: (string | Buffer)[], options?: typeof asBuffer): Promise<unknown>
  /** What sends one command to each server that holds keys. */
  servers(): Promise<((command: string[]) => Promise<unknown>)[]>
  /** Gives the connection up and begins a new one, unless one is being made already. */
  reconnect(): void
}

/** Texts in answers are given as bytes. 36 is the sign before them, a dollar. */
export const asBuffer = { typeMapping: { 36: Buffer } } as const

/**
 * node-redis listens for one error of a socket, and a TLS socket has a second one when it is reset after an alert. Node
 * keeps a listener of its own on each socket that has a signal. It also leaves one on the signal, which lives as long as
 * the client, for every socket that there ever was; nobody aborts this one, so it takes none.
 */
export function socketOf({ tls, ca }: RedisAddress) {
  const signal = Object.assign(new AbortController().signal, { addEventListener: ignore })
  return { ...(tls && { tls, ...trusting({ ca }) }), connectTimeout: 2_000, socketTimeout: 3_000, signal }
}

export const usual = { disableOfflineQueue: true, pingInterval: 1_000 }

/** How long before a lost connection is tried again, in milliseconds. */
export function pause(retries: number): number {
  return Math.min(50 * 2 ** retries, 1_000)
}

// Every call reports its own failure; an `error` event without a listener would end the process.
export function ignore(): void {}
