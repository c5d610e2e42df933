import { createClient, createCluster, type RedisClientConnectionType } from '@keyv/redis'
import { StoreUnavailableError } from './store.ts'

/** node-redis, for one server or for a cluster. */
export interface RedisClient {
  /** The client itself, for Keyv. */
  readonly node: RedisClientConnectionType
  /** Sends one command about one key. */
  send(key: string, command: string[]): Promise<unknown>
  /** What sends one command to each server that holds keys. */
  servers(): Promise<((command: string[]) => Promise<unknown>)[]>
  /** Gives the connection up and begins a new one, unless one is being made already. */
  reconnect(): void
}

/** `url` may list the nodes of a cluster, with commas. Nothing is connected yet. `where` holds no secret. */
export function redisClient(url: string): { readonly client: RedisClient; readonly where: string } {
  const nodes = url.split(',').map((node) => parse(node.trim()))
  const client = nodes.length === 1 ? single(url.trim()) : cluster(nodes)
  client.node.on('error', ignore)
  return { client, where: nodes.map((node) => node.host).join(', ') }
}

function parse(url: string): URL {
  try {
    const parsed = new URL(url)
    decodeURIComponent(parsed.username + parsed.password)
    if (/^rediss?:$/.test(parsed.protocol) && parsed.hostname) return parsed
  } catch {}
  // Without a cause, which would quote the URL and so the password.
  throw new StoreUnavailableError(
    'REDIS_URL is not an address of a Redis. Write redis://user:password@host:port, with rediss:// for TLS, ' +
      'and a comma between the nodes of a cluster.',
  )
}

function single(url: string): RedisClient {
  let wasReady = false
  const node = createClient({
    url,
    ...usual,
    socket: { ...socketOptions(), reconnectStrategy: (retries) => wasReady && pause(retries) },
  })
  node.on('ready', () => (wasReady = true))
  // After nonsense, what comes next would be taken for the answer to something else.
  node.on('error', (error: Error) => isReply(error.message) || reconnect())
  return {
    node,
    send: (_key, command) => node.sendCommand(command),
    servers: async () => [(command) => node.sendCommand(command)],
    reconnect,
  }

  function reconnect(): void {
    if (!node.isReady || !node.isOpen) return
    node.destroy()
    node.connect().catch(ignore)
  }
}

function cluster(nodes: URL[]): RedisClient {
  const [first] = nodes
  const node = createCluster({
    rootNodes: nodes.map(({ href }) => ({ url: href })),
    defaults: {
      ...(first?.username && { username: decodeURIComponent(first.username) }),
      ...(first?.password && { password: decodeURIComponent(first.password) }),
      ...usual,
      socket: { ...socketOptions(), ...(first?.protocol === 'rediss:' && { tls: true }), reconnectStrategy: pause },
    },
  })
  let last = performance.now()
  return {
    node,
    send: (key, command) => node.sendCommand(key, false, command),
    async servers() {
      const masters = await Promise.all(node.masters.map((master) => node.nodeClient(master)))
      return masters.map((master) => (command) => master.sendCommand(command))
    },
    // node-redis asks for the slots again only when a node that lives says MOVED, so a dead one would stay for ever.
    reconnect() {
      if (performance.now() - last < 2_000) return
      last = performance.now()
      if (node.isOpen) node.destroy()
      node.connect().catch(ignore)
    },
  }
}

const usual = { disableOfflineQueue: true, pingInterval: 1_000 }

/**
 * node-redis listens for one error of a socket, and a TLS socket has a second one when it is reset after an alert. Node
 * keeps a listener of its own on each socket that has a signal, here one that nobody ever aborts.
 */
function socketOptions() {
  return { connectTimeout: 2_000, socketTimeout: 3_000, signal: new AbortController().signal }
}

/** How long before a lost connection is tried again, in milliseconds. */
export function pause(retries: number): number {
  return Math.min(50 * 2 ** retries, 1_000)
}

/** True when the server itself said no; such an answer starts with a word in capitals, like OOM or WRONGTYPE. */
export function isReply(message: string): boolean {
  return /^[A-Z]{3,} /.test(message)
}

// Every call reports its own failure; an `error` event without a listener would end the process.
function ignore(): void {}
