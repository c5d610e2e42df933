import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { longestQuery } from '../../src/views/page-id.ts'
import { withRenewal } from '../../src/views/renewal.ts'
import { foundSongs, searchChoices } from '../../src/views/song-messages.ts'
import { contextOf, isEphemeral, memberOption, privateOption } from '../../src/views/song-options.ts'

export default {
  data: {
    name: 'search',
    description: 'Liked songs with certain words in title, artists or album',
    options: [
      {
        type: Type.String,
        name: 'query',
        description: 'The words, in any order',
        required: true,
        autocomplete: true,
        max_length: longestQuery,
      },
      memberOption,
      privateOption,
    ],
  },

  ephemeral: isEphemeral,
  readOnly: true,

  async execute(interaction, app) {
    const context = contextOf(interaction)
    const query = readQuery(interaction.options.getString('query') ?? '')
    return withRenewal(app, interaction, await foundSongs(app, context, query))
  },

  async autocomplete(interaction, app) {
    const typed = interaction.options.getFocused()
    return searchChoices(await app.library.suggest(interaction.user.id, typed), typed)
  },
} satisfies Subcommand

function readQuery(typed: string): string {
  const query = typed.replace(/\s+/g, ' ').trim().slice(0, longestQuery)
  if (/[\p{L}\p{N}]/u.test(query)) return query.toWellFormed()
  throw new UserError('Search for words: a part of a title, an artist or an album.')
}
