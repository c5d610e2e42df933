import { EventEmitter } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { SimpleShardingStrategy, WebSocketShardStatus as Status, type WebSocketOptions } from 'discord.js'
import type { Log } from '../log.ts'

/** What is private in a shard of discord.js. */
interface ShardInside {
  readonly id: number
  readonly status: Status
  readonly connection: {
    readonly readyState: number
    on(event: 'error', listener: () => void): void
    terminate(): void
  } | null
  readonly strategy: { updateSessionInfo(shard: number, session: null): Promise<void> }
  onMessage(...message: unknown[]): unknown
  heartbeat(requested?: boolean): unknown
  internalConnect(): unknown
  destroy(options?: object): Promise<void>
  waitForEvent(event: string, timeout?: number): Promise<unknown>
}

// Before another try where what Discord gave to connect to is no address.
const pause = 5_000

/**
 * discord.js's own shards, of which no failure of a connection ends the process: discord.js lets go of a connection that
 * is still being made, with its only listener for errors, and waits for nobody who reads a frame.
 */
export function steadyShards(log: Log): NonNullable<WebSocketOptions['buildStrategy']> {
  const failed = (err: unknown): void => log.warn({ err }, broken)
  return (manager) => {
    const strategy = new SimpleShardingStrategy(manager)
    const [spawn, destroy] = [strategy.spawn.bind(strategy), strategy.destroy.bind(strategy)]
    let isOver = false
    return Object.assign(strategy, {
      async spawn(ids: number[]) {
        await spawn(ids)
        isOver = false
        const { shards } = strategy as unknown as { shards: ReadonlyMap<number, ShardInside> }
        for (const shard of shards.values()) steady(shard, () => isOver, failed)
      },
      destroy(options: Parameters<typeof destroy>[0]) {
        isOver = true
        return destroy(options)
      },
    })
  }
}

function steady(shard: ShardInside, isOver: () => boolean, failed: (error: unknown) => void): void {
  const [connect, destroy, wait] = [shard.internalConnect, shard.destroy, shard.waitForEvent]
  // It is told of what its listeners reject with, and costs a message next to nothing.
  const guard = new EventEmitter({ captureRejections: true }).on('error', failed)
  guard.on('message', shard.onMessage.bind(shard)).on('heartbeat', shard.heartbeat.bind(shard))
  Object.assign(shard, {
    onMessage: guard.emit.bind(guard, 'message'),
    heartbeat: guard.emit.bind(guard, 'heartbeat'),
    internalConnect: reconnect,
    waitForEvent(event: string, timeout?: number) {
      // The first thing that is done with a connection.
      shard.connection?.on('error', () => undefined)
      return wait.call(shard, event, timeout)
    },
    async destroy(options?: object) {
      const { connection } = shard
      if (connection?.readyState === 0) {
        Object.assign(connection, { onclose: null, onerror: null })
        connection.terminate()
      }
      await destroy.call(shard, options)
    },
  } satisfies Partial<ShardInside>)

  async function reconnect(): Promise<void> {
    try {
      // Its last connection may have been lost just before the end.
      if (!isOver()) await connect.call(shard)
    } catch (error) {
      failed(error)
      if (shard.status !== Status.Idle) return
      await shard.strategy.updateSessionInfo(shard.id, null)
      await sleep(pause, undefined, { ref: false })
      await reconnect()
    }
  }
}

const broken =
  'Something failed in a connection to Discord’s gateway and was left out; the connection is made again where it is needed'
