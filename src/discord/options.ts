import {
  ApplicationCommandOptionType as Type,
  type APIApplicationCommandOption,
  type CommandInteractionOption,
  type User,
} from 'discord.js'

/**
 * Whether the options of a command are ones that it declares, each of its type, resolved where it names somebody or a
 * channel, and none missing. discord.js checks type numbers only; Discord itself checks the rest, except where a client
 * or another replica still has the command of another release.
 */
export function optionsFit(
  declared: readonly APIApplicationCommandOption[],
  given: readonly CommandInteractionOption[],
): boolean {
  if (declared.some(isSubcommand) && given.length !== 1) return false
  if (declared.some(({ name, required }) => required && !given.some((option) => option.name === name))) return false
  return given.every((option) => {
    const own = declared.find(({ name, type }) => name === option.name && type === option.type)
    if (!own) return false
    return isSubcommand(own) ? optionsFit(optionsOf(own), option.options ?? []) : hasValue(option)
  })
}

/** Whether discord.js can say who it is: it looks at none of these before it is asked. */
export function isUser(user: User | null | undefined): user is User {
  if (!user) return false
  const { id, username, globalName, avatar } = user
  const isName = (name: unknown): boolean => name === null || name === undefined || typeof name === 'string'
  return /^\d{17,20}$/.test(id) && typeof username === 'string' && isName(globalName) && isName(avatar)
}

function hasValue({ type, value, user, channel }: CommandInteractionOption): boolean {
  if (type === Type.Boolean) return typeof value === 'boolean'
  if (type === Type.Integer) return Number.isSafeInteger(value)
  if (type === Type.Number) return Number.isFinite(value)
  if (type === Type.User) return isUser(user)
  if (type === Type.Channel) return typeof channel?.id === 'string'
  return typeof value === 'string'
}

function isSubcommand({ type }: { readonly type: Type }): boolean {
  return type === Type.Subcommand || type === Type.SubcommandGroup
}

function optionsOf(option: APIApplicationCommandOption): readonly APIApplicationCommandOption[] {
  return 'options' in option ? (option.options ?? []) : []
}
