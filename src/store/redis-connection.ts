import { randomUUID } from 'node:crypto'
import { NamedError } from '../errors.ts'
import { isReply, redisClient } from './redis-client.ts'
import { StoreUnavailableError } from './store.ts'

export type RedisConnection = Awaited<ReturnType<typeof connectRedis>>
/** What a Redis says about itself, by the names of its INFO; of a cluster, one node. */
export type RedisFacts = Awaited<ReturnType<RedisConnection['inspect']>>

/**
 * Every call ends within so many milliseconds: with an answer, or with StoreUnavailableError. Rejects with that too,
 * saying what to check, when no Redis can be used there.
 */
export async function connectRedis(url: string, timeout = 1_500) {
  const { client, where } = redisClient(url)
  const underWay = new Set<Promise<unknown>>()
  let closed = false
  try {
    await within<unknown>(Math.max(5_000, timeout), client.node.connect())
    await check()
  } catch (failure) {
    hangUp()
    const cause = failure instanceof StoreUnavailableError ? failure.cause : failure
    throw new StoreUnavailableError(adviceOn(messageOf(cause), where), { cause })
  }
  return { client, ask, send, evaluate, check, inspect, close }

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
      if (isReply(message)) throw new StoreUnavailableError(`Redis refuses: ${message}`, { cause })
      const why = cause instanceof LateError ? 'Redis did not answer in time.' : 'The connection to Redis is down.'
      throw new StoreUnavailableError(why, { cause })
    }
  }

  function send(command: string, key: string, ...values: string[]): Promise<unknown> {
    return ask(() => client.send(key, [command, key, ...values]))
  }

  function evaluate(script: string, key: string, ...values: string[]): Promise<unknown> {
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
    hangUp()
  }

  function hangUp(): void {
    if (client.node.isOpen) void client.node.destroy()
  }
}

/** What to check after a failure at the start. `where` is hosts and ports, never the whole URL. */
function adviceOn(message: string, where: string): string {
  const redis = `Redis at ${where}`
  if (/^(NOAUTH|WRONGPASS|NOPERM) |AUTH .* without any password/.test(message))
    return `${redis} refuses the login. Check the user name and the password in REDIS_URL.`
  if (message.startsWith('LOADING ')) return `${redis} is still loading its data. Start again in a moment.`
  if (/unknown command/i.test(message)) return `${redis} is too old. Hearsay needs Redis 6.2 or newer, or Valkey.`
  if (/^(MOVED|CROSSSLOT) /.test(message))
    return `${redis} is part of a cluster. List its nodes in REDIS_URL with commas between them.`
  if (isReply(message)) return `${redis} does not take data. It says: ${message}`
  return `No Redis answers at ${where}. Check that it is running and that REDIS_URL points to it.`
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : ''
}

/** The answer did not come in time. It may still come, and what was asked may still be done. */
export class LateError extends NamedError {}

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
