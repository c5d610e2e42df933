import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
import { countryChoices, countryNamed } from '../../src/views/countries.ts'
import { newestSongs } from '../../src/views/song-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'recent',
    options: [
      ...songOptions,
      {
        type: Type.String,
        name: 'market',
        autocomplete: true,
        max_length: 60,
      },
    ],
  },

  async show(app, context, options) {
    const typed = options.getString('market')
    const market = typed === null ? undefined : countryNamed(typed, context.t.locale)
    if (typed === null || market) return newestSongs(app, context, market)
    throw new UserError('liked.country')
  },

  autocomplete: async (interaction, _app, t) => countryChoices(interaction.options.getFocused(), t.locale),
})
