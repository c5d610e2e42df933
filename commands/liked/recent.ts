import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
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
        description: 'Mark what is not available in a country: its two letters, such as GB',
        min_length: 2,
        max_length: 2,
      },
    ],
  },

  async show(app, context, options) {
    const market = options.getString('market')?.toUpperCase()
    if (market === undefined || /^[A-Z]{2}$/.test(market)) return newestSongs(app, context, market)
    throw new UserError('A market is a country in two letters, such as GB or DE.')
  },
})
