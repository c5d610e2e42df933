import { DiscordAPIError, type REST } from '@discordjs/rest'
import { WebSocketManager, WebSocketShardEvents as Shard, type SessionInfo } from '@discordjs/ws'
import { GatewayCloseCodes as Code, GatewayDispatchEvents } from 'discord-api-types/v10'
import type { App } from '../context.ts'
import type { Log } from '../log.ts'
import type { Connection } from './connection.ts'
import { badToken, DiscordRefusedError } from './errors.ts'
import { takeShards, type Shards, type Slice } from './shards.ts'

export interface GatewaySettings {
  readonly token: string
  /** The slice of shards that this process holds; all when undefined. */
  readonly shards?: Slice | undefined
}

export interface GatewayParts {
  readonly rest: REST
  readonly store: App['store']
  readonly log: Log
  /** Ends the wait for shards that another process holds. */
  readonly signal: AbortSignal
  /** Told of every interaction, as Discord sends it. */
  take(payload: object): void
  /** Told once when Discord ends the session for good, or the shards are another's. */
  fail(error: unknown): void
}

/** Discord's gateway, without intents: interactions arrive all the same, and nothing is kept of them. */
export function gateway({ token, shards: slice }: GatewaySettings, parts: GatewayParts): Connection {
  const { rest, store, log, signal, take, fail } = parts
  const sessions = new Map<number, SessionInfo>()
  const manager = new WebSocketManager({
    ...{ token, rest, intents: 0 },
    ...(slice && { shardIds: [...slice.ids], shardCount: slice.total }),
    // By itself it keeps them in one place for everybody in the process.
    retrieveSessionInfo: (shard) => sessions.get(shard) ?? null,
    updateSessionInfo: (shard, session) => void (session ? sessions.set(shard, session) : sessions.delete(shard)),
  })
  const ready = new Set<number>()
  let shards: Shards | undefined
  let expected = 0
  let isOpen = false

  manager.on(Shard.Hello, ({ shardId }) => ready.delete(shardId))
  manager.on(Shard.Ready, ({ shardId }) => ready.add(shardId))
  manager.on(Shard.Resumed, ({ shardId }) => ready.add(shardId))
  manager.on(Shard.Closed, ({ code, shardId }) => {
    ready.delete(shardId)
    if (!final.includes(code)) return
    isOpen = false
    fail(new DiscordRefusedError(closeHint(code)))
  })
  manager.on(Shard.Error, ({ error }) => {
    if (isOpen) log.warn({ err: error }, brokeOff)
  })
  manager.on(Shard.Dispatch, ({ data }) => {
    if (data.t === GatewayDispatchEvents.InteractionCreate && (!shards || shards.held())) take(data.d)
  })

  return {
    async open() {
      if (slice) {
        shards = await takeShards(store, slice, log, signal)
        shards.lost.catch(fail)
      }
      try {
        expected = (await manager.getShardIds()).length
        await manager.connect()
        isOpen = true
      } catch (cause) {
        const refused = cause instanceof DiscordAPIError && cause.status === 401
        throw new DiscordRefusedError(refused ? badToken : 'Discord cannot be reached.', { cause })
      }
    },
    trouble: () => (ready.size > 0 && ready.size === expected ? undefined : 'not connected to Discord'),
    async close() {
      // A gateway that does not say goodbye keeps nobody from the shards.
      await Promise.allSettled([manager.destroy(), shards?.release()])
    },
  }
}

const brokeOff = 'The connection to Discord had an error; it is made again by itself, and /health tells'

const badTokenCode: number = Code.AuthenticationFailed

/** After these Discord does not take the session back. */
const final: readonly number[] = [
  badTokenCode,
  Code.InvalidShard,
  Code.ShardingRequired,
  Code.InvalidAPIVersion,
  Code.InvalidIntents,
  Code.DisallowedIntents,
]

function closeHint(code: number): string {
  if (code === badTokenCode) return 'DISCORD_TOKEN is not good (any more). Copy the bot token again.'
  return `Discord gave the reason ${code}; its documentation of gateway close codes says what that asks for.`
}
