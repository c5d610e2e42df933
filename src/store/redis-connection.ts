import { randomUUID } from 'node:crypto'
import { readRedisAddress, type RedisAddress } from './redis-address.ts'
import { explain } from './redis-advice.ts'
import { redisClient } from './redis-client.ts'
import { asBuffer } from './redis-options.ts'
import { isReply, quotable } from './redis-probe.ts'
import { StoreFullError, StoreReadOnlyError, StoreUnavailableError } from './store.ts'
import { LateError, within } from './within.ts'

export type RedisConnection = Awaited<ReturnType<typeof connectRedis>>
/** What a Redis says about itself, by the names of its INFO; of a cluster, one node. */
export type RedisFacts = Awaited<ReturnType<RedisConnection['inspect']>>

/**
 * Every call ends within so many milliseconds: with an answer, or with StoreUnavailableError. Rejects with that too,
 * saying what to check, when no Redis can be used there.
 */
export async function connectRedis(url: string, timeout = 1_500, ca?: string) {
  const address = { ...addressIn(url), ca }
  // A cluster rejects with less than what it has said.
  let said: unknown
  const client = redisClient(address, (error) => (said = error))
  const underWay = new Set<Promise<unknown>>()
  let closed = false
  const connected = within<unknown>(Math.max(5_000, timeout), client.connect())
  await connected.catch((failure: unknown) => giveUp(address.nodes.length > 1 && said ? said : failure))
  return { client, ask, send, getBuffer, evaluate, check, inspect, giveUp, close }

  /** Hangs up after a failure at the start, and rejects with what it means. Without a cause: it may quote the login. */
  async function giveUp(failure: unknown): Promise<never> {
    client.close()
    throw new StoreUnavailableError(
      await explain(client.address, messageOf(failure).replace(refuses, ''), client.isNamed),
    )
  }

  /** Runs work on the client. */
  async function ask<T>(work: () => Promise<T>): Promise<T> {
    if (closed) throw new StoreUnavailableError('The store is closed.')
    try {
      // Keyv would connect a closed client on its own account.
      if (!client.node.isOpen) throw new Error('The client is not connected.')
      const asked = work()
      underWay.add(asked)
      return await within(timeout, asked).finally(() => underWay.delete(asked))
    } catch (cause) {
      if (cause instanceof StoreUnavailableError) throw cause
      const message = messageOf(cause)
      // A connection into a hole goes unnoticed while calls keep writing to it, and a demoted master says READONLY.
      if (!isReply(message) || message.startsWith('READONLY ')) client.reconnect()
      // Without the cause, which may quote what it was told.
      if (isReply(message)) throw new (kindOf(message))(refuses + quotable(message, address.password), { remedy })
      const why = cause instanceof LateError ? 'Redis did not answer in time.' : 'The connection to Redis is down.'
      throw new StoreUnavailableError(why, { cause, remedy })
    }
  }

  function send(command: string, key: string, ...values: (string | Buffer)[]): Promise<unknown> {
    return ask(() => client.send(key, [command, key, ...values]))
  }

  /** GET, of what is no text. */
  function getBuffer(key: string): Promise<unknown> {
    return ask(() => client.send(key, ['GET', key], asBuffer))
  }

  function evaluate(script: string, key: string, ...values: (string | Buffer)[]): Promise<unknown> {
    return ask(() => client.send(key, ['EVAL', script, '1', key, ...values]))
  }

  /** Resolves when a write and a read are answered. */
  async function check(): Promise<void> {
    const key = `hearsay:check:${randomUUID()}`
    await send('SET', key, 'here', 'PX', '10000')
    const answer = await send('GETDEL', key)
    if (answer !== 'here') throw new StoreUnavailableError('Redis forgets at once what it is told.')
  }

  /** `save`: when it writes a snapshot, as in "3600 1 300 100"; empty: never; undefined where it does not say. */
  async function inspect() {
    const text = String(await ask(() => client.send('', ['INFO'])))
    const info = Object.fromEntries(text.matchAll(/^(\w+):(.*?)\r?$/gm).map(([, name, value]) => [name, value]))
    // Managed ones often keep CONFIG to themselves.
    const save = await ask(() => client.send('', ['CONFIG', 'GET', 'save'])).catch(() => undefined)
    return { info, save: Array.isArray(save) && typeof save[1] === 'string' ? save[1] : undefined }
  }

  /** Waits for what is under way, then hangs up. */
  async function close(): Promise<void> {
    closed = true
    await within(timeout, Promise.allSettled(underWay)).catch(() => undefined)
    client.close()
  }
}

function addressIn(url: string): RedisAddress {
  const address = readRedisAddress(url)
  if (typeof address === 'string') throw new StoreUnavailableError(`REDIS_URL ${address}.`)
  return address
}

class RedisFullError extends StoreFullError {
  override readonly remedy = 'Raise the maxmemory of the Redis behind REDIS_URL'
}

const remedy = 'Check REDIS_URL and the server behind it'
const refuses = 'Redis refuses: '

/** Of a reply, also of one that a script was given. */
function kindOf(reply: string): typeof StoreUnavailableError {
  if (/(^|: -?)OOM /.test(reply)) return RedisFullError
  return /(^|: -?)(MISCONF|READONLY|NOREPLICAS) /.test(reply) ? StoreReadOnlyError : StoreUnavailableError
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}
