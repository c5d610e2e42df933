import { personOf } from '../state/people.ts'
import type { StoredMessage } from '../state/messages.ts'
import type { World } from '../state/world.ts'
import { apiBot, apiUser } from './people.ts'

const ephemeral = 64
const loading = 128

/** A message in Discord's own shape, as the bot that sent it gets it. */
export function apiMessage(world: World, message: StoredMessage) {
  const { id, channelId, author, content, createdAt, editedAt, viewerId, thinking, metadata, nonce } = message
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
    embeds: message.embeds.map((embed) => ({ type: 'rich', ...embed })),
    components: numbered(message.components),
    attachments: message.attachments.map((attachment) => apiAttachment(channelId, attachment)),
    flags: message.flags | (viewerId === undefined ? 0 : ephemeral) | (thinking ? loading : 0),
    ...{ tts: false, pinned: false, mention_everyone: false, mentions: [], mention_roles: [] },
    ...(metadata && { interaction_metadata: metadata, webhook_id: world.app.id }),
    ...(nonce !== undefined && { nonce }),
  }
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
