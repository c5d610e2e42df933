import { ApplicationCommandOptionType as Type } from 'discord.js'
import { UserError } from '../../src/errors.ts'
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
        min_length: 2,
        max_length: 2,
      },
    ],
  },

  async show(app, context, options) {
    const market = options.getString('market')?.toUpperCase()
    if (market === undefined || /^[A-Z]{2}$/.test(market)) return newestSongs(app, context, market)
    throw new UserError('liked.country')
  },
})
