import type { WebSocket } from 'ws'
import { z } from 'zod'
import type { World } from '../state/world.ts'
import { apiApplication, apiBot } from '../payloads/people.ts'
import type { Session } from './sessions.ts'
import { emit, gatewayUrl, openSession, replay } from './sessions.ts'

const closed = {
  ...{ decodeError: 4002, authenticationFailed: 4004, invalidSequence: 4007 },
  ...{ invalidShard: 4010, invalidIntents: 4013, disallowedIntents: 4014 },
}
const guildMembers = 1 << 1
const presences = 1 << 8
const messageContent = 1 << 15
const allIntents = 0x3ffffff

const identify = z.looseObject({
  token: z.string(),
  intents: z.number(),
  properties: z.record(z.string(), z.unknown()),
  shard: z.tuple([z.int().min(0), z.int().min(1)]).optional(),
})

const resume = z.looseObject({ token: z.string(), session_id: z.string(), seq: z.int().min(0) })

/** A fresh session and its READY, or the connection closed with Discord's code for what is wrong. */
export function acceptIdentify(world: World, socket: WebSocket, body: unknown): Session | undefined {
  const { data } = identify.safeParse(body)
  const code = data ? faultOf(world, data) : closed.decodeError
  if (!data || code) return void socket.close(code)
  // Discord resets the token of a bot that goes on beginning sessions.
  if (world.sessionStarts.remaining <= 0) {
    world.surprises.push('IDENTIFY came with no session start left')
    return void socket.close(closed.authenticationFailed)
  }
  world.sessionStarts.remaining -= 1
  if (data.intents !== 0)
    world.surprises.push(`IDENTIFY asked for intents ${data.intents}: only interactions come here`)
  const session = openSession(world, socket, data.shard ?? [0, 1])
  emit(session, 'READY', {
    ...{
      v: 10,
      session_id: session.id,
      resume_gateway_url: gatewayUrl(world),
      shard: session.shard,
      session_type: 'normal',
    },
    ...{ user: apiBot(world), application: apiApplication(world), guilds: [{ id: world.guild.id, unavailable: true }] },
    ...{
      private_channels: [],
      relationships: [],
      user_settings: {},
      guild_join_requests: [],
      geo_ordered_rtc_regions: [],
    },
  })
  return session
}

/** The session goes on and what it missed is sent, or the bot is told to identify again. */
export function acceptResume(world: World, socket: WebSocket, body: unknown): Session | undefined {
  const { data } = resume.safeParse(body)
  if (!data) return void socket.close(closed.decodeError)
  if (data.token !== world.app.token) return void socket.close(closed.authenticationFailed)
  const session = [...world.sessions].find(({ id }) => id === data.session_id)
  if (!session) return void socket.send(JSON.stringify({ op: 9, d: false }))
  if (data.seq > session.sequence) return void socket.close(closed.invalidSequence)
  session.socket?.close(4000)
  session.socket = socket
  replay(session, data.seq)
  emit(session, 'RESUMED', {})
  return session
}

function faultOf(world: World, { token, intents, shard }: z.output<typeof identify>): number | undefined {
  if (token !== world.app.token) return closed.authenticationFailed
  if (!Number.isInteger(intents) || intents < 0 || intents > allIntents) return closed.invalidIntents
  if (intents & (guildMembers | presences | messageContent)) return closed.disallowedIntents
  if (shard && shard[0] >= shard[1]) return closed.invalidShard
  return undefined
}
