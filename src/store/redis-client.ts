import { createClient, createCluster, type RedisClientConnectionType } from '@keyv/redis'
import { StoreUnavailableError } from './store.ts'

/** node-redis, for one server or for a cluster. */
export interface RedisClient {
  /** The client itself, for Keyv. */
  readonly node: RedisClientConnectionType
  /** Hosts and ports, without what is secret in the URL. */
  readonly where: string
  /** Sends one command about one key. */
  send(key: string, command: string[]): Promise<unknown>
  /** What sends one command to each server that holds keys. */
  servers(): Promise<((command: string[]) => Promise<unknown>)[]>
  connect(): Promise<void>
  /** Gives the connection up and begins a new one, unless one is being made already. */
  reconnect(): void
  close(): void
}

/** `url` may list the nodes of a cluster, with commas. Nothing is connected yet. */
export function redisClient(url: string): RedisClient {
  const nodes = url.split(',').map((node) => parse(node.trim()))
  const where = nodes.map((node) => node.host).join(', ')
  const client = nodes.length === 1 ? single(url.trim()) : cluster(nodes)
  client.node.on('error', leaveToCallers)
  return {
    ...client,
    where,
    close() {
      if (client.node.isOpen) void client.node.destroy()
    },
  }
}

function parse(url: string): URL {
  // Caught without its cause, which quotes the URL and so the password.
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (!parsed || !/^rediss?:$/.test(parsed.protocol) || !parsed.hostname) throw badUrl()
  try {
    decodeURIComponent(parsed.username + parsed.password)
  } catch {
    throw badUrl()
  }
  return parsed
}

function single(url: string): Omit<RedisClient, 'where' | 'close'> {
  let wasReady = false
  const node = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval,
    socket: { ...patience, reconnectStrategy: (retries) => wasReady && pause(retries) },
  })
  node.on('ready', () => (wasReady = true))
  return {
    node,
    send: (_key, command) => node.sendCommand(command),
    servers: async () => [(command) => node.sendCommand(command)],
    async connect() {
      await node.connect()
    },
    reconnect() {
      if (!node.isReady) return
      node.destroy()
      node.connect().catch(leaveToCallers)
    },
  }
}

function cluster(nodes: URL[]): Omit<RedisClient, 'where' | 'close'> {
  const [first] = nodes
  const node = createCluster({
    rootNodes: nodes.map(({ href }) => ({ url: href })),
    defaults: {
      ...(first?.username && { username: decodeURIComponent(first.username) }),
      ...(first?.password && { password: decodeURIComponent(first.password) }),
      disableOfflineQueue: true,
      pingInterval,
      socket: { ...patience, ...(first?.protocol === 'rediss:' && { tls: true }), reconnectStrategy: pause },
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
    async connect() {
      await node.connect()
      last = performance.now()
    },
    // node-redis asks for the slots again only when a node that lives says MOVED, so a dead one would stay for ever.
    reconnect() {
      if (performance.now() - last < clusterPause) return
      last = performance.now()
      if (node.isOpen) node.destroy()
      node.connect().catch(leaveToCallers)
    },
  }
}

const pingInterval = 1_000
const patience = { connectTimeout: 2_000, socketTimeout: 3_000 }
const clusterPause = 2_000

/** How long before a lost connection is tried again, in milliseconds. */
export function pause(retries: number): number {
  return Math.min(50 * 2 ** retries, 1_000)
}

// Every call reports its own failure; an `error` event without a listener would end the process.
function leaveToCallers(): void {}

/** True when the server itself said no; such an answer starts with a word in capitals, like OOM or WRONGTYPE. */
export function isReply(error: unknown): boolean {
  return /^[A-Z]{3,} /.test(messageOf(error))
}

/** A failure of one call. */
export function failed(cause: unknown): StoreUnavailableError {
  if (cause instanceof StoreUnavailableError) return cause
  if (cause instanceof LateError) return new StoreUnavailableError('Redis did not answer in time.', { cause })
  const refusal = isReply(cause) ? `Redis refuses: ${messageOf(cause)}` : 'The connection to Redis is down.'
  return new StoreUnavailableError(refusal, { cause })
}

/** A failure at the start, for the operator: what to check. `where` is hosts and ports, never the whole URL. */
export function failedToOpen(where: string, failure: unknown): StoreUnavailableError {
  const cause = failure instanceof StoreUnavailableError ? failure.cause : failure
  const advice = adviceOn(messageOf(cause))
  return new StoreUnavailableError(advice.replace('WHERE', where), { cause })
}

function badUrl(): StoreUnavailableError {
  return new StoreUnavailableError(
    'REDIS_URL is not an address of a Redis. Write redis://user:password@host:port, with rediss:// for TLS, ' +
      'and a comma between the nodes of a cluster.',
  )
}

function adviceOn(message: string): string {
  if (/^(NOAUTH|WRONGPASS|NOPERM) |AUTH .* without any password/.test(message)) {
    return 'Redis at WHERE refuses the login. Check the user name and the password in REDIS_URL.'
  }
  if (message.startsWith('LOADING ')) return 'Redis at WHERE is still loading its data. Start again in a moment.'
  if (/unknown command/i.test(message)) return 'Redis at WHERE is too old. Hearsay needs Redis 6.2 or newer, or Valkey.'
  if (/^(MOVED|CROSSSLOT) /.test(message)) {
    return 'Redis at WHERE is part of a cluster. List its nodes in REDIS_URL with commas between them.'
  }
  if (/^[A-Z]{3,} /.test(message)) return `Redis at WHERE does not take data. It says: ${message}`
  return 'No Redis answers at WHERE. Check that it is running and that REDIS_URL points to it.'
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

/** The answer did not come in time. It may still come, and what was asked may still be done. */
export class LateError extends Error {
  override readonly name = 'LateError'
}

// When this process itself was busy or stopped, the answer is there and only has to be read: it gets this long, in ms.
const grace = 100

/** The work, or LateError after `ms` milliseconds. */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    const giveUp = () => reject(new LateError(`No answer within ${ms} ms.`))
    timer = setTimeout(() => (timer = setTimeout(giveUp, grace)), ms - grace)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
