import type { Interaction } from '../state/interactions.ts'
import { appPermissionsIn, channelOf, guildIdOf, localeOf, permissionsOf, personOf } from '../state/people.ts'
import type { World } from '../state/world.ts'
import { apiMessage } from './message.ts'
import { apiChannel, apiMember, apiUser } from './people.ts'

/** The payload of INTERACTION_CREATE for somebody in one of the sandbox's channels. */
export function interactionPayload(world: World, interaction: Interaction, data: unknown): Record<string, unknown> {
  const person = personOf(world, interaction.personId)
  const channel = channelOf(world, interaction.channelId)
  const guildId = guildIdOf(world, channel)
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
    ...(guildId === undefined
      ? { context: channel.direct === undefined ? 2 : 1, user: apiUser(person) }
      : { context: 0, ...inGuild(world, guildId), member: { ...apiMember(person), user: apiUser(person) } }),
    ...{ channel_id: channel.id, channel: { ...apiChannel(world, channel), permissions: permissionsOf(person) } },
    app_permissions: appPermissionsIn(channel),
    ...{ locale: localeOf(world, person.id), entitlements: [], attachment_size_limit: world.attachmentSizeLimit },
    authorizing_integration_owners: ownersOf(world, interaction),
    ...(source && { message: apiMessage(world, source) }),
  }
}

/** What a message says of the interaction that it answers. */
export function interactionMetadata(world: World, interaction: Interaction): Record<string, unknown> {
  const { id, type, sourceId, triggeredBy } = interaction
  return {
    ...{ id, type, user: apiUser(personOf(world, interaction.personId)) },
    authorizing_integration_owners: ownersOf(world, interaction),
    ...(type === 3 && { interacted_message_id: sourceId }),
    ...(triggeredBy && { triggering_interaction_metadata: triggeredBy }),
  }
}

function inGuild(world: World, id: string) {
  const locale = localeOf(world, id)
  return { guild_id: id, guild: { id, locale, features: [] }, guild_locale: locale }
}

/** The server that has the bot, "0" in a conversation with it; in a group somebody has brought it along. */
function ownersOf(world: World, { personId, channelId }: Interaction) {
  const channel = channelOf(world, channelId)
  if (channel.direct !== undefined) return { 0: '0' }
  const guildId = guildIdOf(world, channel)
  return guildId === undefined ? { 1: personId } : { 0: guildId }
}
