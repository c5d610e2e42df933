import {
  ApplicationCommandOptionType as Type,
  type ChatInputCommandInteraction,
  type UserContextMenuCommandInteraction,
  type User,
} from 'discord.js'
import type { Subcommand } from '../command.ts'
import type { App } from '../context.ts'
import { UserError } from '../errors.ts'
import { isBotHere } from './interaction-fields.ts'
import { withRenewal } from './renewal.ts'
import { authorLine, type Answer, type ViewContext } from './song-list.ts'

/** Options of everything that shows songs. */
export const songOptions: NonNullable<Subcommand['data']['options']> = [
  { type: Type.User, name: 'member', description: 'Whose songs, if they share here; without it, yours' },
  { type: Type.Boolean, name: 'private', description: 'Show it to nobody but you' },
]

interface SongSubcommand extends Pick<Subcommand, 'data' | 'autocomplete'> {
  show(app: App, context: ViewContext, options: ChatInputCommandInteraction['options']): Promise<Answer>
}

/** A subcommand that shows somebody's songs, as the song options say. */
export function songSubcommand({ show, ...rest }: SongSubcommand): Subcommand {
  return {
    ...rest,
    ephemeral: isEphemeral,
    readOnly: true,
    async execute(interaction, app) {
      const owner = interaction.options.getUser('member') ?? interaction.user
      const context = contextFor(interaction, owner, isEphemeral(interaction))
      return withRenewal(app, interaction, await show(app, context, interaction.options))
    },
  }
}

/** Where the bot is no member everything is ephemeral, unless the caller says otherwise. */
function isEphemeral(interaction: ChatInputCommandInteraction): boolean {
  return interaction.options.getBoolean('private') ?? !isBotHere(interaction)
}

/** Who looks at whose songs. @throws UserError for a bot */
export function contextFor(
  { user, guildId }: ChatInputCommandInteraction | UserContextMenuCommandInteraction,
  owner: User,
  ephemeral: boolean,
): ViewContext {
  if (owner.bot) throw new UserError('Bots have no liked songs.')
  const request = { viewer: user.id, owner: owner.id, server: guildId, ownerName: owner.displayName }
  return { request, author: authorLine(owner), ephemeral }
}
