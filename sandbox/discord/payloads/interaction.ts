import type { Interaction } from '../state/interactions.ts'
import { appPermissionsIn, channelOf, permissionsOf, personOf } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { apiMessage } from './message.ts'
import { apiChannel, apiMember, apiUser } from './people.ts'

/** The payload of INTERACTION_CREATE for somebody in the sandbox's guild. */
export function interactionPayload(world: World, interaction: Interaction, data: unknown): Record<string, unknown> {
  const person = personOf(world, interaction.personId)
  const channel = channelOf(world, interaction.channelId)
  const source = interaction.sourceId === undefined ? undefined : world.messages.get(interaction.sourceId)
  return {
    ...{
      id: interaction.id,
      token: interaction.token,
      type: interaction.type,
      application_id: world.app.id,
      version: 1,
      data,
    },
    ...{ guild_id: world.guild.id, guild: { id: world.guild.id, locale: 'en-US', features: [] }, context: 0 },
    ...{ channel_id: channel.id, channel: { ...apiChannel(world, channel), permissions: permissionsOf(person) } },
    member: { ...apiMember(person), user: apiUser(person) },
    app_permissions: appPermissionsIn(channel),
    ...{ locale: 'en-US', guild_locale: 'en-US', entitlements: [], attachment_size_limit: 10_485_760 },
    authorizing_integration_owners: owners(world),
    ...(source && { message: apiMessage(world, source) }),
  }
}

/** What a message says of the interaction that it answers. */
export function interactionMetadata(world: World, interaction: Interaction): Record<string, unknown> {
  const { id, type, sourceId, triggeredBy } = interaction
  return {
    ...{ id, type, user: apiUser(personOf(world, interaction.personId)) },
    authorizing_integration_owners: owners(world),
    ...(type === 3 && { interacted_message_id: sourceId }),
    ...(triggeredBy && { triggering_interaction_metadata: triggeredBy }),
  }
}

function owners(world: World) {
  return { 0: world.guild.id }
}
