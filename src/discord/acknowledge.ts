import {
  DiscordAPIError,
  MessageFlags,
  RESTJSONErrorCodes,
  type ChatInputCommandInteraction,
  type ContextMenuCommandInteraction,
} from 'discord.js'
import type { ComponentInteraction, MessageBody, Reply } from '../command.ts'

export type RepliableInteraction = ChatInputCommandInteraction | ContextMenuCommandInteraction | ComponentInteraction

/** How a late answer is announced: as a new message, or as a change of the one that the component is on. */
export type Deferral = 'ephemeral message' | 'public message' | 'update'

/**
 * What came of a first answer. discord.js repeats a callback on its own account, so one that arrived may come back as
 * "already acknowledged" (40060), which is "taken". "unsure": the connection broke. "expired": too late (10062).
 */
export type Ack = 'taken' | 'unsure' | 'expired'

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

/** Whether Discord does not take the answer as it is. */
export function isRefused(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === 400 && !isGone(error)
}

export async function acknowledge(send: () => Promise<unknown>): Promise<Ack> {
  try {
    await send()
    return 'taken'
  } catch (error) {
    if (!(error instanceof DiscordAPIError)) return 'unsure'
    if (error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return 'taken'
    if (error.code === RESTJSONErrorCodes.UnknownInteraction) return 'expired'
    throw error
  }
}

export function defer(interaction: RepliableInteraction, deferral: Deferral): Promise<unknown> {
  if (deferral === 'update' && 'deferUpdate' in interaction) return interaction.deferUpdate()
  return interaction.deferReply(deferral === 'ephemeral message' ? { flags: MessageFlags.Ephemeral } : {})
}

export async function sendFirst(interaction: RepliableInteraction, reply: Reply): Promise<unknown> {
  if (reply.kind === 'message') return interaction.reply(reply.ephemeral ? ephemeralPayloadOf(reply) : payloadOf(reply))
  if (reply.kind === 'update' && 'update' in interaction) return interaction.update(payloadOf(reply))
  if (reply.kind === 'modal' && 'showModal' in interaction) return interaction.showModal(reply.modal)
  throw new TypeError(`An interaction of type ${interaction.type} cannot be answered by a ${reply.kind}`)
}

/** Every part is given, so that a change leaves nothing of the old message; only the person named is pinged. */
export function payloadOf(message: MessageBody) {
  const { content = '', embeds = [], components = [], mention, files = [] } = message
  return {
    content,
    embeds: [...embeds],
    components: [...components],
    allowedMentions: { parse: [], ...(mention && { users: [mention] }) },
    ...(files.length > 0 && { files: files.map(({ name, text }) => ({ name, attachment: Buffer.from(text) })) }),
  }
}

export function ephemeralPayloadOf(message: MessageBody) {
  return { ...payloadOf(message), flags: MessageFlags.Ephemeral as const }
}
