import { StoreUnavailableError } from './store.ts'
import { failed, failedToOpen, isReply, LateError, redisClient, within, type RedisClient } from './redis-client.ts'

/** A connection whose every call ends: with an answer, or with StoreUnavailableError. */
export interface RedisConnection {
  readonly node: RedisClient['node']
  /** Runs work on the client. */
  ask<T>(work: () => Promise<T>): Promise<T>
  /** Sends one command about one key. */
  send(key: string, ...command: string[]): Promise<unknown>
  /** Runs a script on its one key. */
  evaluate(script: string, key: string, ...values: string[]): Promise<unknown>
  /** Sends to each server that holds keys: one, or the masters of a cluster. To be run by `ask`. */
  servers(): Promise<((command: string[]) => Promise<unknown>)[]>
  /** Waits for what is under way, then hangs up. */
  close(): Promise<void>
}

// How long a call may take, in milliseconds.
const usualPatience = 1_500
const patienceAtStart = 5_000

/** Rejects with StoreUnavailableError, saying what to check, when no Redis can be used there. */
export async function connectRedis(
  url: string,
  prove: (connection: RedisConnection) => Promise<void>,
  patience = usualPatience,
): Promise<RedisConnection> {
  const client = redisClient(url)
  try {
    await within(Math.max(patienceAtStart, patience), client.connect())
    const connection = withDeadlines(client, patience)
    await prove(connection)
    return connection
  } catch (error) {
    client.close()
    throw failedToOpen(client.where, error)
  }
}

function withDeadlines(client: RedisClient, patience: number): RedisConnection {
  const underWay = new Set<Promise<unknown>>()
  let closed = false

  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    if (closed) throw new StoreUnavailableError('The store is closed.')
    try {
      // Keyv would connect a closed client on its own account.
      if (!client.node.isOpen) throw new Error('The client is not connected.')
      const asked = work()
      underWay.add(asked)
      return await within(patience, asked).finally(() => underWay.delete(asked))
    } catch (error) {
      if (isStale(error)) client.reconnect()
      throw failed(error)
    }
  }
  const send = (key: string, ...command: string[]) => ask(() => client.send(key, command))
  return {
    node: client.node,
    ask,
    send,
    evaluate: (script, key, ...values) => send(key, 'EVAL', script, '1', key, ...values),
    servers: () => ask(() => client.servers()),
    async close() {
      closed = true
      await within(patience, Promise.allSettled(underWay)).catch(() => undefined)
      client.close()
    },
  }
}

// A connection into a hole goes unnoticed while calls keep writing to it, and a demoted master says READONLY.
function isStale(error: unknown): boolean {
  if (error instanceof StoreUnavailableError) return false
  if (error instanceof LateError) return true
  return !isReply(error) || (error instanceof Error && error.message.startsWith('READONLY '))
}

/** What a Redis says about itself, by the names of its INFO; of a cluster, one node. */
export interface RedisFacts {
  readonly info: Readonly<Record<string, string>>
  /** When it writes a snapshot, as in "3600 1 300 100"; empty: never; undefined where it does not say. */
  readonly save: string | undefined
}

/** Changes nothing there. Rejects with StoreUnavailableError. */
export async function inspectRedis(url: string): Promise<RedisFacts> {
  const connection = await connectRedis(url, async () => undefined)
  try {
    const info = factsIn(String(await connection.send('', 'INFO')))
    // Managed ones often keep CONFIG to themselves.
    const save = await connection.send('', 'CONFIG', 'GET', 'save').catch(() => undefined)
    return { info, save: Array.isArray(save) && typeof save[1] === 'string' ? save[1] : undefined }
  } finally {
    await connection.close()
  }
}

function factsIn(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => /^\w+:/.test(line))
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
}
