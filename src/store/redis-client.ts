import { createClient, createCluster, type RedisClientConnectionType } from '@keyv/redis'
import type { RedisAddress } from './redis-address.ts'
import { isReply } from './redis-advice.ts'

/** node-redis, for one server or for a cluster. */
export interface RedisClient {
  /** The client itself, for Keyv. */
  readonly node: RedisClientConnectionType
  /** Sends one command about one key. */
  send(key: string, command: (string | Buffer)[], options?: typeof asBuffer): Promise<unknown>
  /** What sends one command to each server that holds keys. */
  servers(): Promise<((command: string[]) => Promise<unknown>)[]>
  /** Gives the connection up and begins a new one, unless one is being made already. */
  reconnect(): void
}

/** Texts in answers are given as bytes. 36 is the sign before them, a dollar. */
export const asBuffer = { typeMapping: { 36: Buffer } } as const

/** Nothing is connected yet. `reported` hears what node-redis says beside rejecting, as of single nodes. */
export function redisClient(address: RedisAddress, reported: (error: Error) => void): RedisClient {
  const { username, password, database } = address
  const login = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  const client =
    address.nodes.length === 1 ? single(address, { ...login, database }) : cluster(address, login, reported)
  client.node.on('error', reported)
  return client
}

/**
 * node-redis listens for one error of a socket, and a TLS socket has a second one when it is reset after an alert. Node
 * keeps a listener of its own on each socket that has a signal. It also leaves one on the signal, which lives as long as
 * the client, for every socket that there ever was; nobody aborts this one, so it takes none.
 */
function socketOf({ tls }: RedisAddress) {
  const signal = Object.assign(new AbortController().signal, { addEventListener: ignore })
  return { ...(tls && { tls }), connectTimeout: 2_000, socketTimeout: 3_000, signal }
}

type Login = { readonly username?: string; readonly password?: string }

function single(address: RedisAddress, login: Login & { readonly database: number }): RedisClient {
  let wasReady = false
  const reconnectStrategy = (retries: number) => wasReady && pause(retries)
  const node = createClient({
    ...login,
    ...usual,
    socket: { ...socketOf(address), ...address.nodes[0], reconnectStrategy },
  })
  node.on('ready', () => (wasReady = true))
  // After nonsense, what comes next would be taken for the answer to something else.
  node.on('error', (error: Error) => isReply(error.message) || reconnect())
  return {
    node,
    send: (_key, command, options) => node.sendCommand(command, options),
    servers: async () => [(command) => node.sendCommand(command)],
    reconnect,
  }

  function reconnect(): void {
    if (!node.isReady || !node.isOpen) return
    node.destroy()
    node.connect().catch(ignore)
  }
}

function cluster(address: RedisAddress, login: Login, reported: (error: Error) => void): RedisClient {
  const node = createCluster({
    rootNodes: address.nodes.map((socket) => ({ socket: { ...socket } })),
    defaults: { ...login, ...usual, socket: { ...socketOf(address), reconnectStrategy: pause } },
  })
  let last = performance.now()
  node.on('node-error', (error: Error, at: { readonly host: string; readonly port: number }) => {
    reported(isReply(error.message) ? error : new Error(`${error.message} at ${at.host}:${at.port}`))
    if (error instanceof TypeError || error.message.includes('RESP')) reconnect()
  })
  return {
    node,
    send: (key, command, options) => node.sendCommand(key, false, command, options),
    async servers() {
      const masters = await Promise.all(node.masters.map((master) => node.nodeClient(master)))
      return masters.map((master) => (command) => master.sendCommand(command))
    },
    reconnect,
  }

  // node-redis asks for the slots again only when a node that lives says MOVED, so a dead one would stay for ever.
  function reconnect(): void {
    if (performance.now() - last < 2_000) return
    last = performance.now()
    if (node.isOpen) node.destroy()
    node.connect().catch(ignore)
  }
}

const usual = { disableOfflineQueue: true, pingInterval: 1_000 }

/** How long before a lost connection is tried again, in milliseconds. */
export function pause(retries: number): number {
  return Math.min(50 * 2 ** retries, 1_000)
}

// Every call reports its own failure; an `error` event without a listener would end the process.
function ignore(): void {}
