import {
  DiscordAPIError,
  InteractionResponseType,
  MessageFlags,
  RESTJSONErrorCodes,
  Routes,
  type REST,
} from 'discord.js'
import type { Body, Reply } from './command.ts'

/** What is needed of an interaction to answer it. */
export interface Answerable {
  readonly id: string
  readonly token: string
  readonly applicationId: string
}

/** The answering calls of one interaction, over discord.js's REST client. */
export interface Callback {
  /**
   * The first answer. Resolves to false when Discord has given the interaction up (10062). A second answer
   * (40060) and broken connections count as answered: the client repeats a callback by itself, so an answer
   * that arrived comes back as an error.
   */
  first(type: InteractionResponseType, data?: unknown): Promise<boolean>
  edit(body: Body): Promise<void>
  followUp(body: Body): Promise<void>
  deleteOriginal(): Promise<void>
}

export function createCallback(rest: REST, { id, token, applicationId }: Answerable): Callback {
  const original = Routes.webhookMessage(applicationId, token, '@original')
  return {
    async first(type, data) {
      try {
        await rest.post(Routes.interactionCallback(id, token), { auth: false, body: { type, data } })
        return true
      } catch (error) {
        if (!(error instanceof DiscordAPIError)) return true
        if (error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return true
        if (error.code === RESTJSONErrorCodes.UnknownInteraction) return false
        throw error
      }
    },
    edit: async (body) => void (await rest.patch(original, { auth: false, body: whole(body) })),
    followUp: async (body) =>
      void (await rest.post(Routes.webhook(applicationId, token), { auth: false, body: message(body, true) })),
    deleteOriginal: async () => void (await rest.delete(original, { auth: false })),
  }
}

/** Whether Discord has let go of what was to be answered: its time is over, or somebody has deleted the message. */
export function isGone(error: unknown): boolean {
  return error instanceof DiscordAPIError && gone.includes(Number(error.code))
}

const gone: readonly number[] = [
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.InvalidWebhookToken,
]

/** The callback type and data for an answer that is ready in time. */
export function inTime(reply: Reply): [InteractionResponseType, unknown] {
  if (reply.kind === 'dialog') return [InteractionResponseType.Modal, reply.dialog]
  if (reply.kind === 'update') return [InteractionResponseType.UpdateMessage, whole(reply)]
  return [InteractionResponseType.ChannelMessageWithSource, message(reply, reply.private)]
}

function message(body: Body, isPrivate: boolean): object {
  return { ...whole(body), ...(isPrivate && { flags: MessageFlags.Ephemeral }) }
}

/** Every part is said, so that a change leaves nothing of the old message; nobody is ever pinged. */
function whole({ content = '', embeds = [], components = [] }: Body): object {
  return { content, embeds, components, allowed_mentions: { parse: [] } }
}
