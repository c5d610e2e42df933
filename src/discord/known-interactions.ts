import * as discord from 'discord.js'
import type { Log } from '../log.ts'

const { ApplicationCommandOptionType: Type, Events } = discord

/** Those that commands can be made of. */
export type KnownInteraction = Exclude<discord.Interaction, discord.PrimaryEntryPointCommandInteraction>

/**
 * Has discord.js make an interaction of Discord's JSON, from the gateway and from HTTP alike, and gives it to `take`.
 * What it cannot read is a log line; discord.js alone would end the process. The function that is returned does the
 * same for a payload that was posted: undefined for one that is malformed or not known.
 */
export function onInteraction<Taken>(client: discord.Client, log: Log, take: (interaction: KnownInteraction) => Taken) {
  // The one private call: discord.js has no way of its own for interactions over HTTP.
  const { actions } = client as unknown as { actions: { InteractionCreate: { handle(payload: object): void } } }
  const action = actions.InteractionCreate
  const make = action.handle.bind(action)
  let taken: Taken | undefined
  client.on(Events.InteractionCreate, (interaction) => {
    if (isKnown(interaction)) taken = take(interaction)
  })
  const handle = (payload: object): Taken | undefined => {
    taken = undefined
    try {
      // Nothing here is bought, and without the gateway discord.js could not look entitlements up.
      make({ ...payload, entitlements: [] })
    } catch (err) {
      log.debug({ err }, 'discord.js could not read an interaction')
    }
    if (taken === undefined) log.warn(unknownInteraction)
    return taken
  }
  action.handle = handle
  return handle
}

/** discord.js takes these from the payload without a look. */
function isKnown(interaction: discord.Interaction): interaction is KnownInteraction {
  const { id, token, applicationId, user, guildId, memberPermissions } = interaction
  if (![id, applicationId, guildId ?? id].every((one) => isText(one, /^\d{1,20}$/)) || !isUser(user)) return false
  if (!isText(token, /^[\x21-\x7e]+$/) || typeof (memberPermissions?.bitfield ?? 0n) !== 'bigint') return false
  const values: unknown = interaction.isAnySelectMenu() ? interaction.values : []
  if (!Array.isArray(values) || !values.every((value) => isText(value))) return false
  if (interaction.isPrimaryEntryPointCommand()) return false
  if (interaction.isUserContextMenuCommand()) {
    const user = interaction.options.getUser('user')
    if (!isUser(user) || user.id !== interaction.targetId) return false
  }
  if (interaction.isMessageContextMenuCommand()) {
    const id: unknown = interaction.options.getMessage('message')?.id
    if (!isText(id) || id !== interaction.targetId) return false
  }
  return isText('customId' in interaction ? interaction.customId : interaction.commandName)
}

function isText(value: unknown, shape = /^/): value is string {
  return typeof value === 'string' && shape.test(value)
}

/** What stands in the option that somebody types into; undefined where there is none. */
export function typedSoFar({ options }: discord.AutocompleteInteraction): string | undefined {
  try {
    const typed: unknown = options.getFocused()
    return isText(typed) ? typed : undefined
  } catch {
    return undefined
  }
}

/** Whether discord.js can say who it is: it looks at none of these before it is asked. */
function isUser(user: discord.User | null | undefined): user is discord.User {
  if (!user) return false
  const { id, username, globalName, avatar, discriminator } = user
  const isNamed = isText(username) && isText(globalName ?? '')
  return isNamed && isText(id, /^\d{17,20}$/) && isText(avatar ?? '', /^\w*$/) && isText(discriminator ?? '', /^\d*$/)
}

/**
 * Whether the options are ones that are declared, each once and of its type, resolved where it names somebody or a
 * channel, and none missing. discord.js checks type numbers only; Discord itself checks the rest, except where a client
 * or another replica still has the command of another release.
 */
export function optionsFit(
  declared: readonly Pick<discord.APIApplicationCommandBasicOption, 'name' | 'type' | 'required'>[],
  given: readonly discord.CommandInteractionOption[],
): boolean {
  if (declared.some(({ name, required }) => required && !given.some((option) => option.name === name))) return false
  if (new Set(given.map(({ name }) => name)).size < given.length) return false
  return given.every(
    (option) => declared.some(({ name, type }) => name === option.name && type === option.type) && hasValue(option),
  )
}

function hasValue({ type, value, user, channel, options }: discord.CommandInteractionOption): boolean {
  if (options) return false
  if (type === Type.Boolean) return typeof value === 'boolean'
  if (type === Type.Integer) return Number.isSafeInteger(value)
  if (type === Type.Number) return Number.isFinite(value)
  if (type === Type.User) return isUser(user) && user.id === value
  if (type === Type.Channel) return isText(value) && channel?.id === value
  return isText(value)
}

const unknownInteraction =
  'Discord sent an interaction that this version does not know, so nobody is answered: look for a newer version'
