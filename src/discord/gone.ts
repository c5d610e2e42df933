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

/**
 * Whether Discord itself has refused it as it is. A token that is not good (any more) and waits are not about this one
 * request, and what is not in Discord's own form comes from something in between.
 */
export function isForGood(error: unknown): error is DiscordAPIError {
  if (!(error instanceof DiscordAPIError) || typeof error.code !== 'number') return false
  return error.status >= 400 && error.status < 500 && ![401, 408, 429].includes(error.status)
}
