import { ApplicationCommandOptionType as Type } from 'discord.js'
import type { Subcommand } from '../../src/command.ts'
import { UserError } from '../../src/errors.ts'
import { withRenewal } from '../../src/views/renewal.ts'
import { newestSongs } from '../../src/views/song-list.ts'
import { contextOf, isEphemeral, memberOption, privateOption } from '../../src/views/song-options.ts'

export default {
  data: {
    name: 'recent',
    description: 'What was liked lately, page by page',
    options: [
      memberOption,
      privateOption,
      {
        type: Type.String,
        name: 'market',
        description: 'Mark what is not available in a country: its two letters, such as GB',
        min_length: 2,
        max_length: 2,
      },
    ],
  },

  ephemeral: isEphemeral,
  readOnly: true,

  async execute(interaction, app) {
    const market = readMarket(interaction.options.getString('market'))
    return withRenewal(app, interaction, await newestSongs(app, contextOf(interaction), market))
  },
} satisfies Subcommand

function readMarket(typed: string | null): string | undefined {
  const market = typed?.toUpperCase()
  if (market === undefined || /^[A-Z]{2}$/.test(market)) return market
  throw new UserError('A market is a country in two letters, such as GB or DE.')
}
