import {
  ApplicationCommandOptionType as Type,
  ApplicationIntegrationType,
  type BaseInteraction,
  type ChatInputCommandInteraction,
  type UserContextMenuCommandInteraction,
} from 'discord.js'
import { UserError } from '../errors.ts'
import { authorLine, type ViewContext } from './song-list.ts'

const whose = 'Whose songs, if they share here; without it, yours'
export const memberOption = { type: Type.User, name: 'member', description: whose } as const

export const privateOption = { type: Type.Boolean, name: 'private', description: 'Show it to nobody but you' } as const

/** Whether the bot is a member of the server where this happens; elsewhere a person has brought it along. */
export function isBotHere({ guildId, authorizingIntegrationOwners }: BaseInteraction): boolean {
  return guildId !== null && authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined
}

/** Where the bot is no member everything is ephemeral, unless the caller says otherwise. */
export function isEphemeral(interaction: ChatInputCommandInteraction): boolean {
  return interaction.options.getBoolean('private') ?? !isBotHere(interaction)
}

/** Whose songs, and how they are shown: from a context menu to the caller alone. @throws UserError for a bot */
export function contextOf(interaction: ChatInputCommandInteraction | UserContextMenuCommandInteraction): ViewContext {
  const { user, guildId } = interaction
  const isMenu = 'targetUser' in interaction
  const owner = isMenu ? interaction.targetUser : (interaction.options.getUser('member') ?? user)
  if (owner.bot) throw new UserError('Bots have no liked songs.')
  const request = { viewer: user.id, owner: owner.id, server: guildId, ownerName: owner.displayName }
  return { request, author: authorLine(owner), ephemeral: isMenu || isEphemeral(interaction) }
}
