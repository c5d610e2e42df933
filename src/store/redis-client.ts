import { createClient, createCluster } from '@keyv/redis'
import type { RedisAddress } from './redis-address.ts'
import { ignore, pause, socketOf, usual, type RedisClient } from './redis-options.ts'
import { isReply } from './redis-probe.ts'
import { sentinelClient } from './redis-sentinel.ts'

/** Nothing is connected yet. `reported` hears what node-redis says beside rejecting, as of single nodes. */
export function redisClient(address: RedisAddress, reported: (error: Error) => void): RedisClient {
  const { username, password, database } = address
  const login = { ...(username !== undefined && { username }), ...(password !== undefined && { password }) }
  if (address.masterName !== undefined) {
    const create: Parameters<typeof sentinelClient>[1] = (node, { isSentinel, hasLogin }) =>
      createClient({
        ...(hasLogin && login),
        ...(!isSentinel && { database }),
        ...usual,
        socket: { ...socketOf(address), ...node, reconnectStrategy: false },
      })
    return sentinelClient(address, create, reported)
  }
  const client =
    address.nodes.length === 1 ? single(address, { ...login, database }) : cluster(address, login, reported)
  const { node } = client
  node.on('error', reported)
  const close = () => {
    if (node.isOpen) void node.destroy()
  }
  return { ...client, address, isNamed: false, connect: () => node.connect(), close }
}

type ClientParts = Pick<RedisClient, 'node' | 'send' | 'servers' | 'reconnect'>

type Login = { readonly username?: string; readonly password?: string }

function single(address: RedisAddress, login: Login & { readonly database: number }): ClientParts {
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

function cluster(address: RedisAddress, login: Login, reported: (error: Error) => void): ClientParts {
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
