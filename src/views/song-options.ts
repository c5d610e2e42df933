import type * as discord from 'discord.js'
import { ApplicationCommandOptionType as Type, ApplicationIntegrationType } from 'discord.js'
import type { Subcommand } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import type { Translate } from '../i18n.ts'
import { withRenewal } from './renewal.ts'
import { authorLine, type Answer, type ViewContext } from './song-list.ts'

/** Options of everything that shows songs. */
export const songOptions: NonNullable<Subcommand['data']['options']> = [
  { type: Type.User, name: 'member' },
  { type: Type.Boolean, name: 'private' },
]

interface SongSubcommand extends Pick<Subcommand, 'data' | 'autocomplete'> {
  show(app: App, context: ViewContext, options: discord.ChatInputCommandInteraction['options']): Promise<Answer>
}

/** A subcommand that shows somebody's songs, as the song options say. */
export function songSubcommand({ show, ...rest }: SongSubcommand): Subcommand {
  return {
    ...rest,
    ephemeral: isEphemeral,
    readOnly: true,
    async execute(interaction, app, t) {
      return withRenewal(app, interaction, await show(app, contextOf(interaction, app, t), interaction.options))
    },
  }
}

/** Whether the bot is a member of the server where this happens; elsewhere a person has brought it along. */
export function isBotHere({ guildId, authorizingIntegrationOwners }: discord.BaseInteraction): boolean {
  return guildId !== null && authorizingIntegrationOwners[ApplicationIntegrationType.GuildInstall] !== undefined
}

/** Where the bot is no member everything is ephemeral, unless the caller says otherwise. */
function isEphemeral(interaction: discord.ChatInputCommandInteraction): boolean {
  return interaction.options.getBoolean('private') ?? !isBotHere(interaction)
}

/** Whose songs, and how they are shown: from a context menu to the caller alone. @throws UserError for a bot */
export function contextOf(
  interaction: discord.ChatInputCommandInteraction | discord.UserContextMenuCommandInteraction,
  { logoUrl }: App,
  t: Translate,
): ViewContext {
  const { user, guildId } = interaction
  const isMenu = 'targetUser' in interaction
  const owner = isMenu ? interaction.targetUser : (interaction.options.getUser('member') ?? user)
  if (owner.bot) throw new UserError('bots')
  const isMember = (isMenu ? interaction.targetMember : interaction.options.getMember('member')) !== null
  const request = { viewer: user.id, owner: owner.id, server: guildId, ownerName: owner.displayName, isMember }
  return { request, author: authorLine(owner), logoUrl, ephemeral: isMenu || isEphemeral(interaction), t }
}
