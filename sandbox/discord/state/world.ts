import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import type { Channel, FakeDiscord, Person } from '../discord.ts'
import { createEndpoint, type Endpoint } from '../endpoint/keys.ts'
import type { Session } from '../gateway/sessions.ts'
import type { Grants } from '../oauth/grants.ts'
import { emptyGrants } from '../oauth/grants.ts'
import { snowflakes } from '../snowflake.ts'
import type { RegisteredCommand } from './commands.ts'
import type { Fault } from './faults.ts'
import type { Interaction } from './interactions.ts'
import type { StoredMessage } from './messages.ts'
import type { OpenModal } from './modals.ts'
import type { Thread } from './threads.ts'

export interface DiscordOptions {
  readonly people: readonly Person[]
  readonly channels: readonly Channel[]
  readonly guild: { readonly id: string; readonly name: string }
  /** Any free one by default. */
  readonly port?: number
  /** Milliseconds since the epoch: what message times, token lives and code lives are reckoned by. */
  readonly now?: () => number
  /** Real milliseconds until an interaction without an acknowledgement dies, 3000 by default. */
  readonly answerWithin?: number
  /** Real milliseconds until a deferred answer counts as failed for the person who waits, 15000 by default. */
  readonly finishWithin?: number
  /** Registered redirect URIs. Without them any http one on a loopback address is taken. */
  readonly redirectUris?: readonly string[]
}

/** All that the sandbox's Discord knows; the REST routes, the gateway and the chat work on it. */
export interface World extends Required<Omit<DiscordOptions, 'port' | 'redirectUris'>> {
  readonly redirectUris: readonly string[] | undefined
  /** `http://127.0.0.1:` and the port. */
  readonly origin: string
  readonly app: { readonly id: string; readonly name: string; readonly token: string; readonly secret: string }
  readonly nextId: () => string
  readonly messages: Map<string, StoredMessage>
  /** By token. */
  readonly interactions: Map<string, Interaction>
  readonly modals: Map<string, OpenModal>
  /** The people that the bot has a direct channel with, by its id. */
  readonly directs: Map<string, Person>
  /** With which code direct messages to people are refused. */
  readonly directRefusals: Map<string, number>
  /** With which code posts in channels are refused, and changes of them. */
  readonly postRefusals: Map<string, number>
  /** The channels that are threads. */
  readonly threads: Map<string, Thread>
  /** Server and person, with a space between them, of everybody who has left. */
  readonly left: Set<string>
  /** The languages of people and servers, by id, where they are not American English. */
  readonly locales: Map<string, string>
  /** By guild id; those of every guild under "global". */
  readonly commands: Map<string, readonly RegisteredCommand[]>
  /** Message id and time of each enforced nonce. */
  readonly nonces: Map<string, { readonly messageId: string; readonly at: number }>
  readonly sessions: Set<Session>
  readonly endpoint: Endpoint
  readonly grants: Grants
  readonly faults: Fault[]
  readonly sessionStarts: FakeDiscord['sessionStarts']
  chatUrl: FakeDiscord['chatUrl']
  attachmentSizeLimit: FakeDiscord['attachmentSizeLimit']
  gatewayAt: FakeDiscord['gatewayAt']
  readonly requests: { method: string; path: string; status: number; at: number }[]
  readonly surprises: string[]
  readonly listeners: Set<() => void>
  gatewayAway: boolean
  turnedAway: number
  admitShard: FakeDiscord['admitShard']
  readonly identified: number[]
  /** The connection on which each shard has identified or resumed last. */
  readonly shards: Map<number, WebSocket>
}

export function createWorld(options: DiscordOptions, origin: string): World {
  const { people, channels, guild, redirectUris, now = Date.now, answerWithin = 3000, finishWithin = 15_000 } = options
  return {
    ...{ people, channels, guild, redirectUris, origin, now, answerWithin, finishWithin },
    app: application('1180000000000000001', 'Hearsay'),
    nextId: snowflakes(now),
    messages: new Map(),
    interactions: new Map(),
    modals: new Map(),
    directs: new Map(),
    directRefusals: new Map(),
    postRefusals: new Map(),
    threads: new Map(),
    left: new Set(),
    locales: new Map(),
    commands: new Map(),
    nonces: new Map(),
    sessions: new Set(),
    endpoint: createEndpoint(),
    grants: emptyGrants(),
    faults: [],
    chatUrl: undefined,
    attachmentSizeLimit: 10 * 2 ** 20,
    gatewayAt: undefined,
    sessionStarts: { remaining: 1000, reset_after: 0 },
    requests: [],
    surprises: [],
    listeners: new Set(),
    gatewayAway: false,
    turnedAway: 0,
    admitShard: () => 'session',
    identified: [],
    shards: new Map(),
  }
}

/** Tells the chat page and those who wait that something visible is different. */
export function changed(world: World): void {
  for (const listener of [...world.listeners]) listener()
}

/** Adds to a map and lets go of the oldest entry beyond ten thousand, so that a long load run stays small. */
export function remember<T>(map: Map<string, T>, key: string, value: T): T {
  map.set(key, value)
  const oldest = map.keys().next()
  if (map.size > 10_000 && !oldest.done) map.delete(oldest.value)
  return value
}

function application(id: string, name: string) {
  const random = (bytes: number) => randomBytes(bytes).toString('base64url')
  return { id, name, token: `${Buffer.from(id).toString('base64url')}.${random(4)}.${random(28)}`, secret: random(24) }
}
