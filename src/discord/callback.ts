import { DiscordAPIError, type REST } from '@discordjs/rest'
import { RESTJSONErrorCodes, Routes } from 'discord-api-types/v10'
import type { Inline } from '../web/interactions.ts'
import type { MessageBody, MessageRef } from '../command.ts'
import type { Answerable } from './interaction.ts'
import type { Responder } from './respond.ts'
import { wireMessage, type Wire } from './wire.ts'

/**
 * What came of a first answer. The client repeats a callback by itself, so one that arrived may come back as
 * "already acknowledged" (40060), which is "taken". "unsure": the connection broke. "gone": too late (10062).
 */
export type Ack = 'taken' | 'unsure' | 'gone'

/** How answers go to Discord: the first one, and what follows it. */
export interface Transport {
  readonly respond: Responder['respond']
  readonly rest: REST
}

/** The answering calls of one interaction. Rejects with DiscordAPIError. */
export interface Callback {
  /** `rank`: whether anything is said after it. */
  first(wire: Wire, rank: 'alone' | 'followed'): Promise<Ack>
  /** Changes the answer as it stands: the first one, or the follow-up that took its place. */
  edit(body: MessageBody): Promise<void>
  /** A message of its own, which is the answer from now on. */
  followUp(body: MessageBody, isPrivate: boolean): Promise<void>
  /** A private line beside the answer. */
  whisper(body: MessageBody): Promise<void>
  withdraw(): Promise<void>
  /** Where the answer stands. */
  place(): Promise<MessageRef>
}

/**
 * `inline`: Discord's own request, where the interaction came in one. An answer that is all there is goes out in
 * it; what is followed must have arrived before, which only the callback route tells, and files fit only there.
 */
export function createCallback({ rest, respond }: Transport, interaction: Answerable, inline?: Inline): Callback {
  const { token, applicationId } = interaction
  let standing = '@original'
  let request = inline
  return {
    async first(wire, rank) {
      const open = request
      request = undefined
      if (open && rank === 'alone' && !wire.files) return open.answer(wire.body)
      open?.elsewhere()
      try {
        await respond(interaction, wire)
        return 'taken'
      } catch (error) {
        if (!(error instanceof DiscordAPIError)) return 'unsure'
        if (error.code === RESTJSONErrorCodes.InteractionHasAlreadyBeenAcknowledged) return 'taken'
        if (error.code === RESTJSONErrorCodes.UnknownInteraction) return 'gone'
        throw error
      }
    },
    async edit(body) {
      await rest.patch(Routes.webhookMessage(applicationId, token, standing), { auth: false, ...wireMessage(body) })
    },
    async followUp(body, isPrivate) {
      standing = (await send(body, isPrivate)).id
    },
    whisper: async (body) => void (await send(body, true)),
    withdraw: async () =>
      void (await rest.delete(Routes.webhookMessage(applicationId, token, standing), { auth: false })),
    async place() {
      const { id: message, channel_id: channel } = (await rest.get(
        Routes.webhookMessage(applicationId, token, standing),
        { auth: false },
      )) as { id: string; channel_id: string }
      return { channel, message }
    },
  }

  async function send(body: MessageBody, isPrivate: boolean): Promise<{ id: string }> {
    const options = { auth: false, ...wireMessage(body, isPrivate) }
    return (await rest.post(Routes.webhook(applicationId, token), options)) as { id: string }
  }
}

/** Whether Discord has let go of what was to be answered: its time is over, or somebody has deleted the message. */
export function isGone(error: unknown): boolean {
  return error instanceof DiscordAPIError && gone.includes(Number(error.code))
}

/** Whether Discord does not take the answer as it is. */
export function isRefused(error: unknown): boolean {
  return error instanceof DiscordAPIError && error.status === 400 && !isGone(error)
}

const gone: readonly number[] = [
  RESTJSONErrorCodes.UnknownInteraction,
  RESTJSONErrorCodes.UnknownMessage,
  RESTJSONErrorCodes.UnknownWebhook,
  RESTJSONErrorCodes.InvalidWebhookToken,
]
