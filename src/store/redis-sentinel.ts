import { setTimeout as sleep } from 'node:timers/promises'
import type { createClient } from '@keyv/redis'
import type { RedisAddress, RedisNode } from './redis-address.ts'
import { pause, type RedisClient } from './redis-options.ts'
import { isReply } from './redis-probe.ts'
import { within } from './within.ts'

type Client = ReturnType<typeof createClient>
/** `epoch` is higher the later it was made master. */
type Master = RedisNode & { readonly epoch: number }

// A master answers on for ten seconds after its Sentinels have made another one, and what it is told is lost.
const lookAgainAfter = 1_000

/**
 * The master that Sentinels name, followed to the next one: after a lost connection, after a refusal to write, and when
 * they name another one while this one still answers. node-redis has such a client too. It sends a command a second time
 * where it cannot know whether the first one was carried out, and has one login for Redis and Sentinels.
 * @param create a client that gives up when its connection is lost
 */
export function sentinelClient(
  address: RedisAddress,
  create: (node: RedisNode, options: { readonly isSentinel: boolean; readonly hasLogin: boolean }) => Client,
  reported: (error: Error) => void,
): RedisClient {
  const [first = { host: '', port: 0 }] = address.nodes
  const sentinels = new Map<RedisNode, Client>()
  let master: Master | undefined
  let node = create(first, { isSentinel: false, hasLogin: true })
  let isOpen = false
  let isMoving = false
  let watch: NodeJS.Timeout | undefined
  return {
    get node() {
      return node
    },
    get address() {
      return master ? { ...address, nodes: [master], mayBeCut: false } : address
    },
    get isNamed() {
      return master !== undefined
    },
    async connect() {
      isOpen = true
      await move(await findMaster())
      watch = setInterval(() => void look(), lookAgainAfter).unref()
    },
    close() {
      isOpen = false
      clearInterval(watch)
      for (const client of [node, ...sentinels.values()]) if (client.isOpen) client.destroy()
    },
    send: (_key, command, options) => node.sendCommand(command, options),
    servers: async () => [(command) => node.sendCommand(command)],
    reconnect: () => void reconnect(),
  }

  async function move(to: Master): Promise<void> {
    master = to
    const next = create(to, { isSentinel: false, hasLogin: true })
    next.on('error', (error: Error) => {
      reported(error)
      if (next === node && !isReply(error.message)) void reconnect()
    })
    await next.connect()
    if (isOpen) node = next
    else next.destroy()
  }

  async function reconnect(): Promise<void> {
    if (isMoving || !isOpen) return
    isMoving = true
    if (node.isOpen) node.destroy()
    const isWanted = (): boolean => isOpen && !node.isOpen
    for (let retries = 0; isWanted(); retries += 1) {
      await findMaster()
        .then(move)
        .catch(() => sleep(pause(retries), undefined, { ref: false }))
    }
    isMoving = false
  }

  async function look(): Promise<void> {
    const named = await findMaster().catch(() => undefined)
    if (named && master && named.epoch > master.epoch) await reconnect()
  }

  /** The one that was made master last: not every Sentinel hears of that at once. */
  async function findMaster(): Promise<Master> {
    const outcomes = await Promise.allSettled(address.nodes.map((sentinel) => within(1_000, ask(sentinel))))
    const found = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value)
    const [latest] = found.toSorted((one, other) => other.epoch - one.epoch)
    if (latest) return latest
    const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []))
    // One that said why tells more than one that is away.
    throw failures.find(({ message }) => isReply(message)) ?? failures[0] ?? new Error('no Sentinel')
  }

  async function ask(sentinel: RedisNode): Promise<Master> {
    const client = sentinels.get(sentinel) ?? (await open(sentinel))
    const answer = await client.sendCommand(['SENTINEL', 'MASTER', address.masterName ?? ''])
    const parts = Array.isArray(answer) ? answer.map(String) : []
    const valueOf = (name: string): string => parts[parts.indexOf(name) + 1] ?? ''
    return { host: valueOf('ip'), port: Number(valueOf('port')), epoch: Number(valueOf('config-epoch')) }
  }

  async function open(sentinel: RedisNode, hasLogin = false): Promise<Client> {
    const client = create(sentinel, { isSentinel: true, hasLogin })
    client.on('error', () => sentinels.get(sentinel) === client && sentinels.delete(sentinel))
    try {
      await client.connect()
      await client.ping()
      if (!isOpen || sentinels.has(sentinel)) throw new Error('This connection is not needed any more.')
      sentinels.set(sentinel, client)
      return client
    } catch (error) {
      if (client.isOpen) client.destroy()
      // Many have no password where the Redis has one, and refuse one that is given.
      const isAsked = error instanceof Error && error.message.startsWith('NOAUTH ')
      if (isAsked && !hasLogin && address.password !== undefined) return open(sentinel, true)
      throw error
    }
  }
}
