import type { Forwarded } from '../discord.ts'
import { channelOf, guildIdOf, personOf } from '../state/people.ts'
import type { StoredMessage } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { apiBot, apiUser } from './people.ts'

const ephemeral = 64
const loading = 128
const hasSnapshot = 16_384

/** A message in Discord's own shape, as the bot that sent it gets it. */
export function apiMessage(world: World, message: StoredMessage) {
  const { id, channelId, author, content, createdAt, editedAt, viewerId, thinking, metadata, nonce, forwarded } =
    message
  return {
    ...{
      id,
      channel_id: channelId,
      content,
      type: metadata ? 20 : 0,
      application_id: author.bot ? world.app.id : undefined,
    },
    author: author.bot ? apiBot(world) : apiUser(personOf(world, author.id)),
    timestamp: new Date(createdAt).toISOString(),
    edited_timestamp: editedAt === undefined ? null : new Date(editedAt).toISOString(),
    ...shownOf(message),
    attachments: message.attachments.map((attachment) => apiAttachment(channelId, attachment)),
    flags:
      message.flags |
      (viewerId === undefined ? 0 : ephemeral) |
      (thinking ? loading : 0) |
      (forwarded ? hasSnapshot : 0),
    ...{ tts: false, pinned: false, mention_everyone: false, mentions: [], mention_roles: [] },
    ...(metadata && { interaction_metadata: metadata, webhook_id: world.app.id }),
    ...(nonce !== undefined && { nonce }),
    ...(forwarded && snapshot(world, forwarded)),
  }
}

/** Discord says nothing of who wrote what is forwarded. */
function snapshot(world: World, forwarded: Forwarded) {
  const { id: message_id, channelId: channel_id, content } = forwarded
  const guild_id = guildIdOf(world, channelOf(world, channel_id))
  const message = {
    type: 0,
    content,
    ...shownOf(forwarded),
    attachments: [],
    mentions: [],
    mention_roles: [],
    flags: 0,
  }
  return { message_reference: { type: 1, message_id, channel_id, guild_id }, message_snapshots: [{ message }] }
}

function shownOf({ embeds, components }: Pick<StoredMessage, 'embeds' | 'components'>) {
  return { embeds: embeds.map((embed) => ({ type: 'rich', ...embed })), components: numbered(components) }
}

function apiAttachment(channelId: string, { id, name, type, text }: StoredMessage['attachments'][number]) {
  const url = `https://cdn.discordapp.com/attachments/${channelId}/${id}/${encodeURIComponent(name)}`
  return { id, filename: name, content_type: type, size: Buffer.byteLength(text), url, proxy_url: url }
}

/** Discord gives every component a number, in the order of reading. */
function numbered(components: StoredMessage['components']): unknown[] {
  let last = 0
  const number = (component: Record<string, unknown>): Record<string, unknown> => ({
    id: ++last,
    ...component,
    ...(Array.isArray(component['components']) && { components: component['components'].map(number) }),
    ...(typeof component['accessory'] === 'object' && {
      accessory: number(component['accessory'] as Record<string, unknown>),
    }),
  })
  return components.map(number)
}
