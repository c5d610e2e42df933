import type { Outcome } from '../discord.ts'
import { deliver } from '../endpoint/deliver.ts'
import { publish } from '../gateway/sessions.ts'
import type { Act } from '../state/interactions.ts'
import { openInteraction } from '../state/interactions.ts'
import type { StoredMessage } from '../state/messages.ts'
import { isVisible } from '../state/messages.ts'
import { refuseDeparted } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { interactionPayload } from '../payloads/interaction.ts'

type Payload = Record<string, unknown>

/** Sends an interaction to the bot; the promise holds what the person saw come of it. @throws Error for who has left */
export function send(
  world: World,
  act: Act,
  data: unknown,
  change: (payload: Payload) => Payload = (same) => same,
): Promise<Outcome> {
  refuseDeparted(world, act.personId, act.channelId)
  const { interaction, settled } = openInteraction(world, act)
  const payload = change(interactionPayload(world, interaction, data))
  // Discord sends interactions one way or the other, never both.
  if (world.endpoint.urls.length > 0) void deliver(world, payload)
  else publish(world, 'INTERACTION_CREATE', payload)
  return settled
}

/** @throws Error when this person cannot see such a message: gone, dismissed, or private to somebody else. */
export function seenMessage(world: World, personId: string, messageId: string): StoredMessage {
  const message = world.messages.get(messageId)
  const { id: reader = personId } = (message && world.directs.get(message.channelId)) ?? {}
  if (message && isVisible(message, personId) && reader === personId) return message
  throw new Error(`There is no message ${messageId} for ${personId} to see.`)
}
