import {
  ApplicationCommandOptionType as Type,
  type ChatInputCommandInteraction,
  type UserContextMenuCommandInteraction,
  type User,
} from 'discord.js'
import { UserError } from '../errors.ts'
import { isBotHere } from './interaction-fields.ts'
import { authorLine, type ViewContext } from './song-list.ts'

export const memberOption = {
  type: Type.User,
  name: 'member',
  description: 'Whose songs, if they share here; without it, yours',
} as const

export const privateOption = { type: Type.Boolean, name: 'private', description: 'Show it to nobody but you' } as const

/** Where the bot is no member everything is ephemeral, unless the caller says otherwise. */
export function isEphemeral(interaction: ChatInputCommandInteraction): boolean {
  return interaction.options.getBoolean('private') ?? !isBotHere(interaction)
}

/** Whose songs were asked for, and how they are shown. @throws UserError for a bot */
export function contextOf(interaction: ChatInputCommandInteraction): ViewContext {
  const owner = interaction.options.getUser('member') ?? interaction.user
  return contextFor(interaction, owner, isEphemeral(interaction))
}

/** @throws UserError for a bot */
export function contextFor(
  { user, guildId }: ChatInputCommandInteraction | UserContextMenuCommandInteraction,
  owner: User,
  ephemeral: boolean,
): ViewContext {
  if (owner.bot) throw new UserError('Bots have no liked songs.')
  const request = { viewer: user.id, owner: owner.id, server: guildId, ownerName: owner.displayName }
  return { request, author: authorLine(owner), ephemeral }
}
