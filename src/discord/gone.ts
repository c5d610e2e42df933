import { DiscordAPIError, RESTJSONErrorCodes as Code } from 'discord.js'

/** Whether Discord has let go of what was to be answered: its time is over, or somebody has deleted the message. */
export function isGone(error: unknown): boolean {
  return error instanceof DiscordAPIError && codes.includes(Number(error.code))
}

const codes: readonly number[] = [
  Code.UnknownInteraction,
  Code.UnknownMessage,
  Code.UnknownWebhook,
  Code.InvalidWebhookToken,
]
