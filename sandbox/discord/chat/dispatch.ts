import type { Outcome } from '../discord.ts'
import type { Act, InteractionType } from '../state/interactions.ts'
import { allCommands } from '../state/commands.ts'
import type { World } from '../state/world.ts'
import { send } from './send.ts'

type Payload = Record<string, unknown>

const component = 3
const modal = 5

/**
 * Sends an interaction that is valid but for what `payload` says differently: objects are merged, everything else
 * replaces, undefined takes away. `type` decides what the valid one is; without it, it is the first slash command.
 */
export async function dispatchPayload(
  world: World,
  personId: string,
  channelId: string,
  payload: Payload,
): Promise<Outcome> {
  const type = ([2, 3, 4, 5] as const).find((known) => known === payload['type']) ?? 2
  const sourceId = sourceOf(world, personId, channelId, type, payload)
  const act: Act = { type, personId, channelId, ...(sourceId !== undefined && { sourceId }), ...commandOf(payload) }
  return send(world, act, plainData(world, type), (valid) => merged(valid, payload))
}

/** The message named in the payload; of a component else the newest one of the bot that this person sees. */
function sourceOf(
  world: World,
  personId: string,
  channelId: string,
  type: InteractionType,
  { message }: Payload,
): string | undefined {
  const named = isObject(message) ? message['id'] : undefined
  if (typeof named === 'string' && (type === component || type === modal)) return named
  if (type !== component) return undefined
  return [...world.messages.values()].findLast(
    ({ author, channelId: place, viewerId }) =>
      author.bot && place === channelId && (viewerId ?? personId) === personId,
  )?.id
}

function commandOf({ data }: Payload): { command?: string } {
  return isObject(data) && typeof data['name'] === 'string' ? { command: data['name'] } : {}
}

function plainData(world: World, type: InteractionType): Payload {
  if (type === component) return { custom_id: 'unknown', component_type: 2, id: 1 }
  if (type === 5) return { custom_id: 'unknown', components: [] }
  const command = allCommands(world).find((one) => one.type === 1)
  return { id: command?.id ?? world.nextId(), name: command?.name ?? 'unknown', type: 1, options: [] }
}

function merged(valid: Payload, change: Payload): Payload {
  const result: Payload = { ...valid }
  for (const [key, value] of Object.entries(change)) {
    const old = result[key]
    result[key] = isObject(old) && isObject(value) ? merged(old, value) : value
  }
  return result
}

function isObject(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
