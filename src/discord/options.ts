import {
  ApplicationCommandOptionType as Type,
  type APIApplicationCommandOption,
  type CommandInteractionOption,
} from 'discord.js'
import { isUser } from './client.ts'

/**
 * Whether the options are ones that are declared, each of its type, resolved where it names somebody or a channel, and
 * none missing. discord.js checks type numbers only; Discord itself checks the rest, except where a client or another
 * replica still has the command of another release.
 */
export function optionsFit(
  declared: readonly APIApplicationCommandOption[],
  given: readonly CommandInteractionOption[],
): boolean {
  if (declared.some(({ name, required }) => required && !given.some((option) => option.name === name))) return false
  return given.every(
    (option) => declared.some(({ name, type }) => name === option.name && type === option.type) && hasValue(option),
  )
}

function hasValue({ type, value, user, channel }: CommandInteractionOption): boolean {
  if (type === Type.Boolean) return typeof value === 'boolean'
  if (type === Type.Integer) return Number.isSafeInteger(value)
  if (type === Type.Number) return Number.isFinite(value)
  if (type === Type.User) return isUser(user)
  if (type === Type.Channel) return typeof channel?.id === 'string'
  return typeof value === 'string'
}
