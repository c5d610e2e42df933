import { ApplicationCommandOptionType as Type } from 'discord.js'
import { parseDateRange } from '../../src/views/dates.ts'
import { songsByDate } from '../../src/views/song-list.ts'
import { songOptions, songSubcommand } from '../../src/views/song-options.ts'

export default songSubcommand({
  data: {
    name: 'when',
    description: 'What was liked in a year, a month or on a day',
    options: [
      { type: Type.String, name: 'date', description: '2023, 2023-07 or 2023-07-14', required: true, max_length: 20 },
      ...songOptions,
    ],
  },

  async show(app, context, options) {
    return songsByDate(app, context, parseDateRange(options.getString('date', true)))
  },
})
