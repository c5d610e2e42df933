import type { RawFile } from '@discordjs/rest'
import { InteractionResponseType, MessageFlags } from 'discord-api-types/v10'
import type { MessageBody, Reply } from '../command.ts'

/** What the REST client sends: JSON, and files beside it. */
export interface Wire {
  readonly body: object
  readonly files?: RawFile[]
}

/** The first answer to an interaction. */
export function wireReply(reply: Reply): Wire {
  if (reply.kind === 'dialog') return { body: { type: InteractionResponseType.Modal, data: reply.dialog } }
  const isUpdate = reply.kind === 'update'
  const { body: data, ...files } = wireMessage(reply, !isUpdate && reply.private)
  const type = isUpdate ? InteractionResponseType.UpdateMessage : InteractionResponseType.ChannelMessageWithSource
  return { body: { type, data }, ...files }
}

/** Every part is said, so that a change leaves nothing of the old message; nobody is pinged but whom the body names. */
export function wireMessage(message: MessageBody, isPrivate = false): Wire {
  const { content = '', embeds = [], components = [], mention, files = [] } = message
  return {
    body: {
      content,
      embeds,
      components,
      allowed_mentions: { parse: [], ...(mention && { users: [mention] }) },
      ...(isPrivate && { flags: MessageFlags.Ephemeral }),
    },
    ...(files.length > 0 && { files: files.map(({ name, text }) => ({ name, data: Buffer.from(text) })) }),
  }
}
