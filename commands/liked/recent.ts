import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { countryChoices, countryNamed } from '../../src/views/countries.ts'
import { newestSongs } from '../../src/views/song-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'recent',
    description: 'What was liked lately, page by page',
    options: [
      ...songOptions,
      {
        type: Type.String,
        name: 'market',
        description: "Grey out songs that aren't available in a country",
        autocomplete: true,
        max_length: 60,
      },
    ],
  },

  async show(app, context, options) {
    const typed = options.getString('market')
    const market = typed === null ? undefined : countryNamed(typed)
    if (typed === null || market) return newestSongs(app, context, market)
    throw new UserError("I don't know that country. Choose one from the list, or use its two letters, such as GB.")
  },

  autocomplete: async (interaction) => countryChoices(interaction.options.getFocused()),
})
